import assert from "node:assert/strict";
import { test } from "node:test";
import { answeringServer, cli, type Routes, temporaryFolder } from "@noetl/sdk/testing";

const OURS = {
  execution_id: "901",
  path: "demo/orders",
  version: "3",
  status: "RUNNING",
  current_step: "load",
  completed_steps: ["start"],
  failed_steps: [],
  steps: [
    { step: "start", status: "COMPLETED", runs: 1, attempts: 1 },
    { step: "load", status: "RUNNING", runs: 2, attempts: 3, loop: { total: 10, done: 4, failed: 1 } },
  ],
  completed: false,
  failed: false,
  is_cancelled: false,
  start_time: "2026-04-01T09:00:00Z",
  duration_seconds: 72.4,
};

/** A run that is over the second time it is asked for. */
function ending(status: string, more: object = {}): Routes {
  let asked = 0;
  const done = { ...OURS, status, completed: true, failed: status === "FAILED", current_step: "end", ...more };
  return {
    "GET /api/executions/901/status": () => [200, ++asked > 1 ? done : OURS],
    "GET /api/executions/901/events": [
      200,
      {
        events: [
          {
            event_id: "1",
            event_type: "step.enter",
            node_name: "load",
            created_at: "2026-04-01T09:00:00.500Z",
            seq: 1,
          },
          {
            event_id: "2",
            event_type: "call.error",
            node_name: "load",
            error: "boom",
            created_at: "2026-04-01T09:00:01Z",
            seq: 2,
          },
          {
            event_id: "3",
            event_type: "command.claimed",
            node_name: "load",
            created_at: "2026-04-01T09:00:01Z",
            seq: 3,
          },
        ],
      },
    ],
  };
}

async function ask(t: Parameters<typeof temporaryFolder>[0], routes: Routes, args: string[], input?: string) {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, routes);
  const given = { home, env: { NOETL_SERVER_URL: server.url }, ...(input !== undefined && { input }) };
  return { ...(await cli(args, given)), server };
}

test("status shows steps, loops and attempts", async (t) => {
  const { stdout, code } = await ask(t, { "GET /api/executions/901/status": [200, OURS] }, ["status", "901"]);
  assert.equal(code, 0);
  assert.match(stdout, /^Execution 901 {2}RUNNING {2}demo\/orders@3 {2}1m12s$/m);
  assert.match(stdout, /ok +start$/m);
  assert.match(stdout, /load {2}2 runs, 4 of 10 items, 1 failed/);
});

test("cli.md §8 #29: status of an unknown execution exits 3, with --json too", async (t) => {
  const gone = { error: "execution not found: 77", code: "EXECUTION_NOT_FOUND" };
  const { code, stdout } = await ask(
    t,
    { "GET /api/executions/77/status": [404, gone], "GET /api/executions/77": [404, gone] },
    ["status", "77", "--json"],
  );
  assert.equal(code, 3);
  const { error } = JSON.parse(stdout) as { error: { exit: number; hint: string } };
  assert.equal(error.exit, 3);
  assert.match(error.hint, /noetl executions list/);
});

test("status without an id shows the server and its workers", async (t) => {
  const { stdout } = await ask(
    t,
    {
      "GET /api/health": [200, { status: "ok", database: "connected", nats: "not_configured", version: "1.0" }],
      "GET /api/worker/pools": [
        200,
        [{ name: "w-1", status: "ready", runtime_id: 5, labels: { pool_name: "shared" } }],
      ],
    },
    ["status"],
  );
  assert.match(stdout, /ok {2}version 1.0, database connected, NATS not configured/);
  assert.match(stdout, /w-1 +ready +shared/);
});

test("cli.md §8 #2, §9.5: status tells the state of every generation of servers", async (t) => {
  const python = { execution_id: "901", current_step: "load", completed_steps: [], variables: {} };
  const rust = { execution_id: 901, current_step: "load", progress: { total_steps: 2, completed_steps: 1 } };
  const shapes: [shape: object, wanted: string][] = [
    [{ ...python, completed: false, failed: false }, "RUNNING"],
    [{ ...python, completed: true, failed: false }, "COMPLETED"],
    [{ ...python, completed: false, failed: true }, "FAILED"],
    [{ ...python, completed: true, failed: false, status: "CANCELLED", is_cancelled: true }, "CANCELLED"],
    ...["running", "completed", "failed", "cancelled"].map((status): [object, string] => [
      { ...rust, status, is_cancelled: status === "cancelled" },
      status.toUpperCase(),
    ]),
    ...["RUNNING", "COMPLETED", "FAILED", "CANCELLED"].map((status): [object, string] => [
      {
        ...OURS,
        status,
        completed: status !== "RUNNING",
        failed: status === "FAILED",
        is_cancelled: status === "CANCELLED",
      },
      status,
    ]),
  ];
  for (const [shape, wanted] of shapes) {
    const { stdout, code } = await ask(t, { "GET /api/executions/901/status": [200, shape] }, ["status", "901"]);
    assert.match(stdout, new RegExp(`^Execution 901 {2}${wanted}\\b`), JSON.stringify(shape));
    assert.equal(code, 0);
  }
});

test("cli.md §8 #33: --wait ends with the run, its exit code is the run's, --follow tells the way", async (t) => {
  for (const [status, wanted] of [
    ["COMPLETED", 0],
    ["FAILED", 5],
    ["CANCELLED", 6],
  ] as const) {
    const { code, stdout, stderr } = await ask(t, ending(status, { error: "it broke" }), ["status", "901", "--wait"]);
    assert.equal(code, wanted, status);
    assert.match(stdout, new RegExp(`901 {2}${status}`));
    assert.equal(stderr, "");
  }
  const followed = await ask(t, ending("FAILED", { error: "it broke" }), ["status", "901", "--follow", "--json"]);
  assert.match(followed.stderr, /run {2}load\n.*FAIL load: boom\n/);
  assert.doesNotMatch(followed.stderr, /claimed/);
  const { error } = JSON.parse(followed.stdout) as { error: object };
  assert.deepEqual(error, { code: "EXECUTION_FAILED", exit: 5, message: "it broke" });
});

test("past --timeout the wait ends with 4, and says that the execution goes on", async (t) => {
  const { code, stderr } = await ask(t, { "GET /api/executions/901/status": [200, OURS] }, [
    "status",
    "901",
    "--wait",
    "--timeout",
    "300ms",
  ]);
  assert.equal(code, 4);
  assert.match(stderr, /still RUNNING/);
});

test("Ctrl-C ends the wait with 130 and leaves the execution alone", {
  skip: process.platform === "win32" && "uses POSIX signals",
}, async (t) => {
  const home = await temporaryFolder(t);
  let tell: (() => void) | undefined;
  const server = await answeringServer(t, {
    "GET /api/executions/901/status": () => {
      tell?.();
      return [200, OURS];
    },
  });
  const { code, stderr } = await cli(["status", "901", "--wait"], {
    home,
    env: { NOETL_SERVER_URL: server.url },
    during: (child) => {
      tell = () => child.kill("SIGINT");
    },
  });
  assert.equal(code, 130);
  assert.match(stderr, /^Error: no longer waiting; execution 901 goes on\nHint: noetl cancel 901 stops it, .*\n$/);
  assert.equal(
    server.seen.some(({ method }) => method === "POST"),
    false,
  );
});

test("executions list is a table, filters, and gives names and rows to programs", async (t) => {
  const rows = [
    { ...OURS, execution_id: "902" },
    { execution_id: 901, path: "demo/orders", status: "completed", started_at: "2026-04-01T09:00:00Z" },
  ];
  const routes: Routes = { "GET /api/executions": [200, rows] };
  const table = await ask(t, routes, ["executions", "list"]);
  assert.match(table.stdout, /^EXECUTION +STATUS.*\n902 +RUNNING +demo\/orders@3 .*\n901 +COMPLETED/);
  assert.equal((await ask(t, routes, ["executions", "list", "-o", "name"])).stdout, "902\n901\n");
  const filtered = await ask(t, routes, ["executions", "list", "--status", "completed", "--json", "-n", "5"]);
  const { executions } = JSON.parse(filtered.stdout) as { executions: { execution_id: string }[] };
  assert.deepEqual(
    executions.map((row) => row.execution_id),
    ["901"],
  );
  assert.equal(filtered.server.seen[0]?.query.page_size, "5");
  const lines = (await ask(t, routes, ["executions", "list", "-o", "ndjson"])).stdout.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { execution_id: string }).execution_id),
    ["902", "901"],
  );
});

test("cli.md §8 #11: the events of an execution can be seen and followed", async (t) => {
  const all = await ask(t, ending("FAILED"), [
    "executions",
    "events",
    "901",
    "--json",
    "--step",
    "load",
    "--type",
    "call.error",
  ]);
  assert.equal((JSON.parse(all.stdout) as { events: object[] }).events.length, 1);
  const streamed = await ask(t, ending("FAILED"), ["executions", "events", "901", "--follow", "-o", "ndjson"]);
  assert.deepEqual(
    streamed.stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event_id: string }).event_id),
    ["1", "2", "3"],
  );
  const logs = await ask(t, ending("FAILED"), ["executions", "logs", "901", "--follow"]);
  assert.equal(logs.code, 5);
  assert.match(logs.stdout, /FAIL load: boom/);
});

test("executions watch off a terminal tells every change on a line", async (t) => {
  const { stdout, stderr, code } = await ask(t, ending("COMPLETED"), ["executions", "watch", "901"]);
  assert.equal(code, 0);
  assert.match(stderr, /901 {2}RUNNING .* load\n.*901 {2}COMPLETED/);
  assert.match(stdout, /901 {2}COMPLETED/);
  assert.equal((stderr + stdout).includes("\u001b"), false);
});

test("executions get shows workload, variables and result", async (t) => {
  const { stdout } = await ask(
    t,
    {
      "GET /api/executions/901/status": [
        200,
        { ...OURS, status: "COMPLETED", variables: { a: 1 }, result: { data: { rows: 2 } } },
      ],
      "GET /api/executions/901": [200, { workload: { n: 1 } }],
    },
    ["get", "execution", "901", "--json"],
  );
  const { workload, variables, result } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([workload, variables, result], [{ n: 1 }, { a: 1 }, { rows: 2 }]);
});

test("cancel names what it stopped; what is over exits 1, unless that is fine", async (t) => {
  const done = { status: "cancelled", cancelled_executions: ["901", "902"], message: "2 executions cancelled" };
  const { stdout, server } = await ask(t, { "POST /api/executions/901/cancel": [200, done] }, [
    "cancel",
    "901",
    "-r",
    "wrong",
  ]);
  assert.match(stdout, /cancelled {2}901 {2}\(wrong\)\n2 executions: 901, 902/);
  assert.deepEqual(server.seen[0]?.body, { cascade: true, reason: "wrong" });
  const over: Routes = { "POST /api/executions/901/cancel": [400, { detail: "it has already completed" }] };
  const refused = await ask(t, over, ["cancel", "901"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /already completed/);
  assert.equal((await ask(t, over, ["cancel", "901", "--ignore-finished"])).code, 0);
});

test("cli.md §8 #9: it is said when a server may have ignored reason and cascade", async (t) => {
  const old: Routes = { "POST /api/executions/901/cancel": [200, { execution_id: 901, status: "cancelled" }] };
  assert.match((await ask(t, old, ["cancel", "901"])).stderr, /may ignore the reason/);
  assert.equal((await ask(t, old, ["cancel", "901", "--no-cascade"])).stderr, "");
});

test("cleanup asks before it cancels, not before it looks", async (t) => {
  const routes: Routes = {
    "POST /api/executions/cleanup": [200, { cancelled_count: 2, execution_ids: [880, "881"], message: "m" }],
  };
  const looked = await ask(t, routes, ["cleanup", "--dry-run"]);
  assert.equal(looked.stdout, "880\n881\n2 executions would be cancelled\n");
  const refused = await ask(t, routes, ["cleanup"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--yes/);
  assert.equal(refused.server.seen.length, 0);
  assert.match(
    (await ask(t, routes, ["cleanup", "--yes", "--older-than-minutes", "9"])).stdout,
    /2 executions cancelled/,
  );
});

const started: Routes = {
  "POST /api/execute": [200, { execution_id: "901", status: "started", commands_generated: 1 }],
  ...ending("COMPLETED", { result: { rows: 5 } }),
  "POST /api/catalog/resource": [
    200,
    {
      path: "demo/orders",
      kind: "playbook",
      version: 3,
      content:
        "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: o}\nworkload: {zip: '0', db: {host: a, port: 1}}\nworkflow: [{step: start, tool: {kind: noop}}]",
    },
  ],
};

test("cli.md §8 #10: execute playbook sends path, version and one merged workload", async (t) => {
  const args = ["execute", "playbook", "demo/orders@3", "--payload", '{"a": {"c": 2}, "b": 1}', "--input", "-"];
  const { stdout, server } = await ask(
    t,
    started,
    [...args, "--set", "zip=01", "--set", "db.host=h", "--json"],
    "b: 2\nd: 4",
  );
  assert.deepEqual(server.seen.at(-1)?.body, {
    path: "demo/orders",
    version: 3,
    workload: { b: 1, d: 4, a: { c: 2 }, zip: "01", db: { host: "h", port: 1 } },
    merge: false,
    resource_kind: "playbook",
  });
  assert.deepEqual(JSON.parse(stdout), {
    schema: "noetl.execute.playbook/1",
    execution_id: "901",
    status: "started",
    path: "demo/orders",
    version: 3,
  });
});

test("execute playbook --wait prints the end and its result", async (t) => {
  const { stdout, code } = await ask(t, started, ["execute", "demo/orders", "--wait"]);
  assert.equal(code, 0);
  assert.match(stdout, /901 {2}COMPLETED[\s\S]*"rows": 5/);
});

test("cli.md §8 #7: a version that is none is refused, not dropped", async (t) => {
  const { code, stderr, server } = await ask(t, started, ["execute", "playbook", "demo/orders@2.0"]);
  assert.equal(code, 2);
  assert.match(stderr, /'2.0' is no version/);
  assert.equal(server.seen.length, 0);
});

test("cli.md §8 #7: a pinned version is sent as the id of its entry, and a server that has another one starts nothing", async (t) => {
  const entry = (version: number, catalog_id: number) =>
    [200, { path: "demo/orders", kind: "playbook", version, catalog_id, content: "" }] as const;
  const right = await ask(t, { ...started, "POST /api/catalog/resource": entry(3, 53) }, ["execute", "demo/orders@3"]);
  assert.equal(right.code, 0, right.stderr);
  const { path, version, catalog_id: id } = (right.server.seen.at(-1)?.body ?? {}) as { [key: string]: unknown };
  assert.deepEqual([path, version, id], ["demo/orders", 3, "53"]);

  const latest = await ask(t, { ...started, "POST /api/catalog/resource": entry(9, 59) }, ["execute", "demo/orders@3"]);
  assert.equal(latest.code, 3);
  assert.match(latest.stderr, /answers version 9 when it is asked for 'demo\/orders@3'/);
  assert.deepEqual(
    latest.server.seen.map((seen) => seen.path),
    ["/api/catalog/resource"],
  );
});

test("cli.md §8 #8: an id of the catalog is sent as one", async (t) => {
  const { server } = await ask(t, started, ["execute", "playbook", "478775660589088776"]);
  assert.equal((server.seen[0]?.body as { catalog_id: string } | undefined)?.catalog_id, "478775660589088776");
});

test("an unknown playbook exits 3 and tells how to register one", async (t) => {
  const { code, stderr } = await ask(t, {}, ["execute", "playbook", "demo/nix"]);
  assert.equal(code, 3);
  assert.match(stderr, /has no playbook 'demo\/nix'[\s\S]*register playbook/);
  const entries = [{ path: "demo/six", kind: "Playbook", version: 1 }];
  const near = await ask(t, { "POST /api/catalog/list": [200, { entries }] }, ["execute", "playbook", "demo/nix"]);
  assert.match(near.stderr, /did you mean 'demo\/six'\?/);
  const other = await ask(t, { "POST /api/catalog/list": [200, { entries }] }, ["execute", "playbook", "demo/six@9"]);
  assert.equal(other.code, 3);
  assert.match(other.stderr, /other versions: noetl catalog list --all-versions --path demo\/six/);
});

test("execute rerun puts what is given over the former workload", async (t) => {
  const { server, stdout } = await ask(
    t,
    { "POST /api/executions/900/rerun": [200, { execution_id: "901", status: "started" }] },
    ["execute", "rerun", "900", "--set", "n=2", "-o", "name"],
  );
  assert.deepEqual(server.seen[0]?.body, { workload: { n: 2 }, resource_kind: "playbook" });
  assert.equal(stdout, "901\n");
});
