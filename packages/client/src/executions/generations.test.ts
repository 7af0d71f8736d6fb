import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { isNoetlError } from "@noetl/core";
import { openClient } from "../client.ts";
import { followEvents, waitForEnd } from "./follow.ts";

type Answer = [status: number, body: unknown];

/** A server that answers `METHOD /path` literally and remembers what it was asked. */
async function server(t: TestContext, routes: { [route: string]: Answer | (() => Answer) }) {
  const asked: { route: string; query: URLSearchParams; body: unknown }[] = [];
  const http = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? "", "http://h");
    const route = `${request.method} ${url.pathname.replace("/api/", "")}`;
    asked.push({ route, query: url.searchParams, body: text === "" ? undefined : JSON.parse(text) });
    const found = routes[route] ?? [404, { error: "no such route", status: 404 }];
    const [status, body] = typeof found === "function" ? found() : found;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { client: openClient({ url }), asked };
}

test("cli.md §8 #2, §9.5: every state of every generation is read as what it is", async (t) => {
  const python = { execution_id: "1", current_step: "load", completed_steps: ["start"], variables: {} };
  const rust = { execution_id: 1, current_step: "load", progress: { total_steps: 2, completed_steps: 1 } };
  const shapes: [object, string][] = [
    [{ ...python, completed: false, failed: false }, "RUNNING"],
    [{ ...python, completed: true, failed: false }, "COMPLETED"],
    [{ ...python, completed: false, failed: true }, "FAILED"],
    [{ ...python, completed: true, failed: true }, "FAILED"],
    [{ ...python, completed: true, failed: false, status: "CANCELLED", is_cancelled: true }, "CANCELLED"],
    [{ ...rust, status: "running", is_cancelled: false }, "RUNNING"],
    [{ ...rust, status: "completed", is_cancelled: false }, "COMPLETED"],
    [{ ...rust, status: "failed", is_cancelled: false }, "FAILED"],
    [{ ...rust, status: "cancelled", is_cancelled: true }, "CANCELLED"],
    [{ ...python, status: "COMPLETED", completed: true, failed: false, steps: [] }, "COMPLETED"],
    [{ ...python, status: "CANCELLING", completed: false, failed: false, is_cancelled: true }, "CANCELLING"],
  ];
  for (const [shape, wanted] of shapes) {
    const { client } = await server(t, { "GET executions/1/status": [200, shape] });
    assert.equal((await client.executions.status("1")).status, wanted, JSON.stringify(shape));
  }
});

test("without a status route the execution and its events tell", async (t) => {
  const detail = {
    execution_id: "1",
    path: "a/b",
    status: "COMPLETED",
    start_time: "2026-04-01 09:00:00",
    end_time: "2026-04-01T09:01:00Z",
    events: [
      { event_id: 2, node_name: "end" },
      { event_id: 1, node_name: "start" },
    ],
  };
  const { client } = await server(t, { "GET executions/1": [200, detail] });
  const status = await client.executions.status("1");
  assert.equal(status.status, "COMPLETED");
  assert.equal(status.current_step, "end");
  assert.equal(status.started_at, "2026-04-01T09:00:00.000Z");
  await assert.rejects(client.executions.status("2"), (error) => isNoetlError(error) && error.meaning === "not_found");
});

test("cli.md §8 #4: where there is no rerun, the former execution is read and started anew", async (t) => {
  const detail = { execution_id: "7", catalog_id: 55, path: "a/b", workload: { n: 1, keep: true } };
  const { client, asked } = await server(t, {
    "GET executions/7": [200, detail],
    "POST execute": [200, { execution_id: "8", status: "started" }],
  });
  assert.equal((await client.executions.rerun("7", { n: 2 })).execution_id, "8");
  assert.deepEqual(asked.at(-1)?.body, { workload: { n: 2, keep: true }, catalog_id: "55", resource_kind: "playbook" });
  await assert.rejects(
    client.executions.rerun("9", {}),
    (error) => isNoetlError(error) && error.meaning === "not_found",
  );
});

test("the workload of a former execution may stand in its first event", async (t) => {
  const events = [{ event_type: "step.enter" }, { event_type: "playbook_started", context: { workload: { n: 1 } } }];
  const { client, asked } = await server(t, {
    "GET executions/7": [200, { path: "a/b", version: 3, events }],
    "POST execute": [200, { execution_id: "8", status: "started" }],
  });
  await client.executions.rerun("7", {});
  assert.deepEqual(asked.at(-1)?.body, { workload: { n: 1 }, path: "a/b", version: 3, resource_kind: "playbook" });
});

test("cli.md §8 #3: cleanup takes ids as numbers and as text, and works without a route of its own", async (t) => {
  const options = { older_than_minutes: 5, dry_run: true };
  const { client } = await server(t, {
    "POST executions/cleanup": [200, { cancelled_count: 2, execution_ids: ["880", 881], message: "m" }],
  });
  assert.deepEqual((await client.executions.cleanup(options)).execution_ids, ["880", "881"]);

  const rows = [
    { execution_id: 1, status: "running", started_at: "2020-01-01T00:00:00Z" },
    { execution_id: 2, status: "running", started_at: new Date().toISOString() },
    { execution_id: 3, status: "completed", started_at: "2020-01-01T00:00:00Z" },
  ];
  const cancelled = { execution_id: 1, status: "cancelled", message: "m" };
  const old = await server(t, { "GET executions": [200, rows], "POST executions/1/cancel": [200, cancelled] });
  assert.deepEqual((await old.client.executions.cleanup(options)).execution_ids, ["1"]);
  assert.equal(
    old.asked.some(({ route }) => route.includes("cancel")),
    false,
  );
  assert.equal((await old.client.executions.cleanup({ ...options, dry_run: false })).count, 1);
  assert.equal(old.asked.at(-1)?.route, "POST executions/1/cancel");
});

test("cli.md §8 #16: times are compared as times, in whichever zone and form they are written", async (t) => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  /** The same moment, as the clocks east of here write it. */
  const east = (time: string, hours: number) =>
    new Date(Date.parse(time) + hours * 3_600_000).toISOString().replace("Z", `+0${hours}:00`);
  const rows = [
    ["old", minutesAgo(40)],
    ["old, later by the letters", east(minutesAgo(40), 9)],
    ["old, without zone", minutesAgo(40).replace("T", " ").replace("Z", "")],
    ["new", minutesAgo(20)],
    ["new, earlier by the letters", minutesAgo(20).replace(/\.\d+Z$/, "Z")],
    ["new, west", minutesAgo(20 + 5 * 60).replace("Z", "-05:00")],
    ["unknown", "yesterday"],
  ].map(([execution_id, started_at]) => ({ execution_id, started_at, status: "running" }));
  const { client } = await server(t, { "GET executions": [200, rows] });
  const { execution_ids: ids } = await client.executions.cleanup({ older_than_minutes: 30, dry_run: true });
  assert.deepEqual(ids, ["old", "old, later by the letters", "old, without zone"]);
});

test("cancelling what is over is told, in the words of every generation", async (t) => {
  for (const answer of [
    [400, { detail: "execution 1 has already completed" }],
    [422, { error: "execution 1 has already completed", status: 422 }],
    [409, { detail: { message: "execution 1 has already completed" } }],
    [200, { status: "error", message: "execution 1 has already completed" }],
    [200, { status: "already_completed", cancelled_executions: [], message: "execution 1 has already completed" }],
  ] as Answer[]) {
    const { client } = await server(t, { "POST executions/1/cancel": answer });
    const done = await client.executions.cancel("1");
    assert.equal(done.finished, true, JSON.stringify(answer));
    assert.equal(done.message, "execution 1 has already completed");
  }
});

test("cli.md §8 #9: a server that does not say which executions it cancelled is known by it", async (t) => {
  const { client, asked } = await server(t, {
    "POST executions/1/cancel": [200, { execution_id: 1, status: "cancelled", message: "m" }],
  });
  assert.equal((await client.executions.cancel("1", { reason: "r", cascade: false })).cancelled, null);
  assert.deepEqual(asked[0]?.body, { cascade: false, reason: "r" });
});

test("events come in order, from either route", async (t) => {
  const python = {
    events: [
      { event_id: "30", event_type: "b" },
      { event_id: "4", event_type: "a" },
    ],
  };
  const { client } = await server(t, { "GET executions/1/events": [200, python] });
  assert.deepEqual(
    (await client.executions.events("1")).map((event) => event.event_type),
    ["a", "b"],
  );
  const old = await server(t, { "GET executions/1": [200, python] });
  assert.equal((await old.client.executions.events("1")).length, 2);
  assert.equal((await old.client.executions.events("1", { type: "b" })).length, 1);
});

test("following gives every event once, also from a server that answers everything every time", async (t) => {
  let asked = 0;
  const events = [1, 2, 3].map((id) => ({ event_id: id, event_type: `e${id}` }));
  const { client } = await server(t, {
    "GET executions/1/status": () => [200, { status: ++asked < 3 ? "running" : "failed" }],
    "GET executions/1/events": () => [200, { events: events.slice(0, asked) }],
  });
  const seen: string[] = [];
  const following = followEvents(client.executions, "1");
  let next = await following.next();
  for (; !next.done; next = await following.next()) seen.push(next.value.event_type);
  assert.deepEqual(seen, ["e1", "e2", "e3"]);
  assert.equal(next.value.status, "FAILED");
});

test("a wait survives a restart of the server, ends at its time-out, and does not begin without a server", async (t) => {
  let asked = 0;
  const { client } = await server(t, {
    "GET executions/1/status": () =>
      ++asked === 2 ? [503, {}] : [200, { status: asked < 4 ? "running" : "completed" }],
    "GET executions/2/status": [200, { status: "running" }],
  });
  assert.equal((await waitForEnd(client.executions, "1")).status, "COMPLETED");
  await assert.rejects(
    waitForEnd(client.executions, "2", { timeoutMs: 50 }),
    (error) => isNoetlError(error) && error.code === "WAIT_TIMEOUT" && error.meaning === "timeout",
  );
  const away = openClient({ url: "http://127.0.0.1:9" });
  await assert.rejects(
    waitForEnd(away.executions, "1"),
    (error) => isNoetlError(error) && error.meaning === "unavailable",
  );
});

test("a wait can be interrupted", async (t) => {
  const { client } = await server(t, { "GET executions/1/status": [200, { status: "running" }] });
  const signal = AbortSignal.timeout(30);
  await assert.rejects(
    waitForEnd(client.executions, "1", { signal }),
    (error) => isNoetlError(error) && error.meaning === "cancelled",
  );
});
