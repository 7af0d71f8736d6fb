import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, type Routes, temporaryFolder } from "@noetl/sdk/testing";

const PLAYBOOK = (more = "") =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: o, path: demo/orders}\n${more}workload: {n: 1}\nworkflow: [{step: start, tool: {kind: noop}}]\n`;

const DONE = { execution_id: "901", path: "demo/orders", status: "COMPLETED", completed: true, steps: [], result: 5 };
const ROUTES: Routes = {
  "POST /api/execute": [200, { execution_id: "901", status: "started" }],
  "GET /api/executions/901/status": [200, DONE],
  "GET /api/executions/901/events": [200, { events: [] }],
  "POST /api/catalog/resource": [200, { path: "demo/orders", version: 2, kind: "playbook", content: PLAYBOOK() }],
  "POST /api/catalog/register": [200, { path: "demo/orders", version: 3, catalog_id: 7, kind: "playbook" }],
};

async function setUp(t: Parameters<typeof temporaryFolder>[0]) {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, ROUTES);
  const env = { NOETL_SERVER_URL: server.url };
  return { home, seen: server.seen, url: server.url, run: (...args: string[]) => cli(["run", ...args], { home, env }) };
}

test("a path of the catalog runs on the server, and where is told", async (t) => {
  const { run, seen, url } = await setUp(t);
  const { stdout, stderr, code } = await run("demo/orders@2", "--set", "n=5");
  assert.equal(code, 0);
  assert.match(stdout, /^Execution 901 {2}demo\/orders\n$/);
  assert.match(stderr, new RegExp(`demo/orders@2 on ${url} \\(NOETL_SERVER_URL\\)`));
  assert.deepEqual(seen.at(-1)?.body, {
    path: "demo/orders",
    version: 2,
    workload: { n: 5 },
    merge: false,
    resource_kind: "playbook",
  });
});

test("cli.md §9.4: --json prints one document, started, ended or failed", async (t) => {
  const { run, home } = await setUp(t);
  const started = JSON.parse((await run("demo/orders", "--json")).stdout) as { schema: string; status: string };
  assert.deepEqual([started.schema, started.status], ["noetl.run/1", "started"]);
  const ended = JSON.parse((await run("demo/orders", "--wait", "--json")).stdout) as { status: string; result: number };
  assert.deepEqual([ended.status, ended.result], ["COMPLETED", 5]);
  const away = await cli(["run", "demo/orders", "--json", "--server-url", "http://127.0.0.1:9"], { home });
  assert.equal(away.code, 4);
  assert.equal((JSON.parse(away.stdout) as { error: { code: string } }).error.code, "SERVER_UNREACHABLE");
});

test("cli.md §9.4: --json prints one document of an execution that failed, and its exit code", async (t) => {
  const home = await temporaryFolder(t);
  const failed = { ...DONE, status: "FAILED", failed: true, error: "it broke", result: null };
  const server = await answeringServer(t, { ...ROUTES, "GET /api/executions/901/status": [200, failed] });
  const args = ["run", "demo/orders", "--json", "--server-url", server.url];
  for (const how of ["--wait", "--follow"]) {
    const { code, stdout } = await cli([...args, how], { home });
    assert.equal(code, 5, how);
    assert.equal(stdout.trimEnd().split("\n").length, 1, how);
    const { status, error } = JSON.parse(stdout) as { status: string; error: { exit: number; message: string } };
    assert.deepEqual([status, error.exit, error.message], ["FAILED", 5, "it broke"], how);
  }
});

test("cli.md §9.3: file, payload and sets make the same workload here and in the request", async (t) => {
  const { run, home, seen } = await setUp(t);
  await writeFile(join(home, "f.json"), '{"a": {"d": 3}, "list": [1, 2], "s": "file"}');
  const given = ["--set", "a.b=1", "--set", "s=x", "--payload", '{"a": {"c": 2}}', "--input", "f.json"];
  const step = "workflow: [{step: end, tool: {kind: noop, result: '{{ workload }}'}}]\n";
  await writeFile(join(home, "own.yaml"), PLAYBOOK().replace(/workflow: .*\n/, step));
  for (const [merge, wanted] of [
    [[], { a: { b: 1, c: 2 }, list: [1, 2], s: "x" }],
    [["--merge"], { a: { b: 1, c: 2, d: 3 }, list: [1, 2], s: "x" }],
  ] as const) {
    const here = await run("own.yaml", "--json", ...given, ...merge);
    assert.equal(here.code, 0, here.stderr);
    assert.deepEqual((JSON.parse(here.stdout) as { result: object }).result, { n: 1, ...wanted });
    assert.equal((await run("demo/orders", ...given, ...merge)).code, 0);
    assert.deepEqual((seen.at(-1)?.body as { workload: object } | undefined)?.workload, wanted);
  }
});

test("a file runs here; with -r distributed what the server has under its path runs there", async (t) => {
  const { run, home, seen } = await setUp(t);
  await writeFile(join(home, "orders.yaml"), PLAYBOOK());
  assert.equal((await run("orders.yaml", "-q")).code, 0);
  assert.equal(seen.length, 0);
  const same = await run("orders.yaml", "-r", "distributed");
  assert.equal(same.code, 0, same.stderr);
  assert.doesNotMatch(same.stderr, /differs/);
  await writeFile(join(home, "orders.yaml"), `${PLAYBOOK()}# edited\n`);
  assert.match(
    (await run("orders.yaml", "-r", "distributed")).stderr,
    /differs from what the server has[\s\S]*--register/,
  );
});

test("--register puts the file into the catalog and runs that version", async (t) => {
  const { run, home, seen } = await setUp(t);
  await writeFile(join(home, "orders.yaml"), PLAYBOOK());
  await run("orders.yaml", "-r", "distributed", "--register");
  assert.deepEqual(
    seen.map(({ path }) => path),
    ["/api/catalog/register", "/api/execute"],
  );
  const { version, catalog_id: id } = (seen[1]?.body ?? {}) as { version?: number; catalog_id?: string };
  assert.deepEqual([version, id], [3, "7"]);
});

test("decision 14: executor.profile decides when it is set, -r beats it", async (t) => {
  const { run, home, seen } = await setUp(t);
  await writeFile(join(home, "far.yaml"), PLAYBOOK("executor: {profile: distributed}\n"));
  assert.equal((await run("far.yaml")).code, 0);
  assert.equal(
    seen.some(({ path }) => path === "/api/execute"),
    true,
  );
  assert.equal((await run("far.yaml", "-r", "local")).code, 2);
});

test("a flag that would change nothing is refused", async (t) => {
  const { run, home, seen } = await setUp(t);
  await writeFile(join(home, "orders.yaml"), PLAYBOOK());
  for (const args of [
    ["demo/orders", "--resume"],
    ["demo/orders", "--events"],
    ["demo/orders", "start"],
    ["orders.yaml", "--register"],
    ["orders.yaml", "-V", "2"],
    ["demo/orders", "-r", "local"],
    ["demo/orders@x"],
    ["-", "-r", "distributed"],
  ]) {
    assert.equal((await run(...args)).code, 2, args.join(" "));
  }
  assert.equal(seen.length, 0);
});

test("a word that is nothing here is looked for on a server only when there is one", async (t) => {
  const { run, home } = await setUp(t);
  assert.equal((await run("orders")).code, 0);
  await mkdir(join(home, "empty"));
  const alone = await cli(["run", "orders", "-r", "local"], { home });
  assert.equal(alone.code, 3);
  assert.match(alone.stderr, /no playbook 'orders' here/);
  const id = await cli(["run", "pbk_123", "--server-url", "http://127.0.0.1:1"], { home });
  assert.equal(id.code, 4, id.stderr);
});

test("cli.md §8 #44: --dry-run looks the entry up and checks it, and starts nothing", async (t) => {
  const { run, seen } = await setUp(t);
  const { stdout, code } = await run("demo/orders", "--dry-run", "--json");
  assert.equal(code, 0);
  assert.equal((JSON.parse(stdout) as { plan: { name: string } }).plan.name, "o");
  assert.equal(
    seen.some(({ path }) => path === "/api/execute"),
    false,
  );
});
