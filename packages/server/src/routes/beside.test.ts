import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { isObject, type JsonObject, parseJson } from "@noetl/core";
import { ended, execute, playbook, register, startServer, type TestServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

const INNER = { authorization: "Bearer inner" };

describe("what stands beside runs", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ config: { internalToken: "inner", secretEnv: { DB_PASSWORD: "pw-of-env" } } });
  });
  after(() => server.close());

  const inner = (method: string, path: string, body?: unknown) => server.ok(method, path, body, INNER);

  async function bytes(method: string, path: string, body?: Uint8Array, type = "application/json") {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...INNER, ...(body ? { "content-type": type } : {}) },
      ...(body ? { body: Buffer.from(body) } : {}),
    });
    return { status: answer.status, headers: answer.headers, body: new Uint8Array(await answer.arrayBuffer()) };
  }

  it("objects: bytes in, the same bytes out, also when they call themselves JSON", async () => {
    const body = Buffer.from('{"a": 1e0,  "b":9007199254740993}');
    const put = await bytes("PUT", "/api/internal/objects/spool/w1/7.json", body);
    assert.equal(put.status, 200);
    const got = await bytes("GET", "/api/internal/objects/spool/w1/7.json");
    assert.deepEqual(Buffer.from(got.body), body);
    assert.match(got.headers.get("etag") ?? "", /^"[0-9a-f]{64}"$/);
    const listed = await inner("GET", "/api/internal/objects?prefix=spool/");
    assert.deepEqual([listed.count, (listed.objects as JsonObject[])[0]?.key], [1, "spool/w1/7.json"]);
    assert.equal((await inner("DELETE", "/api/internal/objects/spool/w1/7.json")).deleted, true);
    assert.equal((await bytes("GET", "/api/internal/objects/spool/w1/7.json")).status, 404);
  });

  it("plugins: every module sent is a version, and only a module", async () => {
    const module = (tail: number) => Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, tail]);
    const path = "/api/internal/plugins/system/orchestrate";
    assert.equal((await bytes("POST", path, Buffer.from("#!/bin/sh"), "application/wasm")).status, 422);
    assert.equal((await bytes("GET", path)).status, 404);
    for (const tail of [1, 2]) {
      const made = await bytes("POST", path, module(tail), "application/wasm");
      assert.equal((parseJson(Buffer.from(made.body).toString()) as JsonObject).version, tail);
    }
    const latest = await bytes("GET", path);
    assert.deepEqual([latest.body.at(-1), latest.headers.get("x-plugin-version")], [2, "2"]);
    assert.equal((await bytes("GET", `${path}?version=1`)).body.at(-1), 1);
    assert.equal(((await inner("GET", `${path}?list=`)).versions as JsonObject[]).length, 2);
  });

  it("unconfirmed writes: marked once, confirmed once", async () => {
    const act = async (action: string) =>
      (await inner("POST", `/api/internal/sink-state/${action}`, { execution_id: "77", worker_id: "w" })).changed;
    assert.deepEqual([await act("mark"), await act("mark")], [true, false]);
    assert.equal((await inner("GET", "/api/internal/sink-state/77")).pending, true);
    assert.deepEqual([await act("confirm"), await act("release")], [true, false]);
    const wrong = await server.call("POST", "/api/internal/sink-state/forget", { execution_id: "77" }, INNER);
    assert.equal(wrong.status, 422);
  });

  it("secrets: who got which is written down, without the secret; keys are counted, not shown", async () => {
    await server.ok("POST", "/api/credentials", { name: "pg", type: "postgres", data: { password: "pw-canary" } });
    await server.ok("GET", "/api/credentials/pg?include_data=true&execution_id=9&worker_id=w1");
    const audit = await server.call("GET", "/api/internal/secret-audit?name=pg", undefined, INNER);
    const entries = (audit.body as JsonObject).entries as JsonObject[];
    assert.deepEqual(
      entries.map(({ action, actor, execution_id }) => [action, actor, execution_id]),
      [
        ["read", "w1", "9"],
        ["write", null, null],
      ],
    );
    const status = await server.call("GET", "/api/internal/wallet/key-status", undefined, INNER);
    assert.deepEqual([(status.body as JsonObject).total, (status.body as JsonObject).stale], [1, 0]);
    assert.ok(!`${audit.text}${status.text}`.includes("pw-canary"));
    assert.equal((await inner("POST", "/api/internal/wallet/rotate-kek", {})).rewrapped, 0);
  });

  it("an id that no database can hold is refused, the largest is only unknown", async () => {
    const status = async (path: string) => (await server.call("GET", path)).status;
    assert.equal(await status("/api/executions/9223372036854775807/status"), 404);
    assert.equal(await status("/api/executions/9223372036854775808/status"), 422);
    const parent_execution_id = "9999999999999999999";
    assert.equal((await server.call("POST", "/api/execute", { path: "x", parent_execution_id })).status, 422);
  });

  it("a credential nobody registered is looked for in the playbook's keychain, whatever its kind", async (t) => {
    const asked: string[] = [];
    const stand = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      asked.push(`${request.url} ${body || request.headers["x-vault-token"]}`);
      const answer = request.url === "/token" ? { access_token: "made-1", expires_in: 120 } : { data: { key: "k-1" } };
      if (request.url === "/closed") response.statusCode = 401;
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => stand.listen(0, "127.0.0.1", resolve));
    t.after(() => stand.close());
    const more = `keychain:
  - {name: db, kind: secrets, provider: env, map: {password: DB_PASSWORD, hidden: "{{ workload.variable }}"}}
  - {name: alias, kind: credential, credential: pg}
  - {name: token, kind: oauth2, endpoint: "{{ workload.url }}/token", data: {pass: "{{ keychain.db.password }}"}}
  - {name: store, kind: secrets, provider: vault, endpoint: "{{ workload.url }}", auth: vault, map: {key: "kv/app#key"}}
  - {name: closed, kind: oauth2, endpoint: "{{ workload.url }}/closed"}
  - {name: off, kind: oauth2, endpoint: "http://127.0.0.1:1/"}
workload: {variable: DB_PASSWORD, url: "http://127.0.0.1:${(stand.address() as AddressInfo).port}"}
`;
    await server.ok("POST", "/api/credentials", {
      name: "vault",
      type: "generic",
      data: { token: "of-vault", address: "" },
    });
    await register(server, playbook("kc", { start: [] }, more));
    const run = await execute(server, "kc");
    const ask = (name: string) => server.call("GET", `/api/credentials/${name}?include_data=true&execution_id=${run}`);
    const found = (await ask("db")).body as JsonObject;
    assert.deepEqual(found.data, { password: "pw-of-env", hidden: "pw-of-env" });
    assert.ok(Array.isArray(found.tags) && typeof found.id === "string", "as strict workers parse it");
    const alias = (await ask("alias")).body as JsonObject;
    assert.deepEqual([alias.type, alias.data], ["postgres", { password: "pw-canary" }]);
    const token = (await ask("token")).body as JsonObject;
    assert.deepEqual([token.type, token.data], ["bearer", { access_token: "made-1", expires_in: 120 }]);
    assert.deepEqual(((await ask("store")).body as JsonObject).data, { key: "k-1" });
    await ask("token");
    assert.deepEqual(
      asked,
      ["/token pass=pw-of-env", "/v1/kv/app#key of-vault"].map((line) => line.replace("#key", "")),
      "once",
    );
    assert.equal((await ask("closed")).status, 502, "not 401: it is not the caller who was refused");
    asked.pop();
    const off = await ask("off");
    assert.equal(off.status, 503);
    assert.match(JSON.stringify(off.body), /keychain entry 'off'/);
    assert.equal((await ask("nobody")).status, 404);
    assert.equal((await server.call("GET", "/api/credentials/db?include_data=true")).status, 404);
    const { catalog_id } = (await server.ok("GET", `/api/executions/${run}`)) as { catalog_id: string };
    const kept = await server.ok("GET", `/api/keychain/${catalog_id}/db?scope_type=local&execution_id=${run}`);
    assert.ok(Number(kept.ttl_seconds) > 590 && Number(kept.ttl_seconds) <= 600);
    const short = await server.ok("GET", `/api/keychain/${catalog_id}/token?scope_type=local&execution_id=${run}`);
    assert.ok(Number(short.ttl_seconds) > 110 && Number(short.ttl_seconds) <= 120, "not longer than the token lives");
  });

  it("events of other control planes: new ones are kept, known ones counted", async () => {
    const event = (event_id: string, more: JsonObject = {}) => ({
      execution_id: "4611686018427387905",
      event_id,
      event_type: "call.done",
      created_at: "2026-01-02T03:04:05.678",
      ...more,
    });
    const events = [event("4611686018427387907"), event("4611686018427387908", { meta: { n: 1 } })];
    assert.deepEqual(await inner("POST", "/api/internal/events/project", { events }), { projected: 2, duplicates: 0 });
    assert.deepEqual(await inner("POST", "/api/internal/events/materialize", { events }), {
      materialized: 0,
      duplicates: 2,
    });
    const kept = await inner("GET", "/api/internal/events/mirrored/4611686018427387905");
    assert.deepEqual(kept.events, events);
    // Those of our own log come back from the event stream.
    await register(server, playbook("own", { start: [] }));
    const run = await execute(server, "own");
    const own = ((await server.ok("GET", `/api/executions/${run}/events`)).events as JsonObject[]).slice(0, 2);
    assert.equal((await inner("POST", "/api/internal/events/project", { events: own })).duplicates, own.length);
    const bad = await server.call("POST", "/api/internal/events/project", { events: [{ event_id: "1" }] }, INNER);
    assert.equal(bad.status, 422);
  });

  it("frames of a stage: claimed, kept, committed; who is wrong is told how", async () => {
    const opened = {
      execution_id: "11",
      event_id: "12",
      event_type: "stage.opened",
      node_name: "rows",
      stage_id: "13",
      context: { kind: "loop", frame_policy: { max_rows: 5 } },
    };
    await inner("POST", "/api/internal/events/project", { events: [opened] });
    const claim = (worker_id: string, frame_index: number) =>
      server.call("POST", "/api/stages/13/frames/claim", {
        worker_id,
        requested_count: 1,
        lease_seconds: 60,
        cursor: { worker_slot_id: "s", frame_index },
      });
    const { frames } = (await claim("w1", 0)).body as { frames: JsonObject[] };
    const frame = frames[0] ?? {};
    assert.deepEqual([frame.status, frame.owner_worker, frame.stage_id], ["CLAIMED", "w1", "13"]);
    const taken = await claim("w2", 0);
    const code = (answer: { body: unknown }) =>
      isObject(answer.body) && isObject(answer.body.detail) ? answer.body.detail.code : answer.body;
    assert.deepEqual([taken.status, code(taken)], [409, "frame_claim_conflict"]);
    const beat = (worker_id: string) =>
      server.call("POST", `/api/frames/${frame.frame_id}/heartbeat`, { worker_id, lease_seconds: 60 });
    assert.equal(code(await beat("w2")), "frame_owner_mismatch");
    assert.equal(((await beat("w1")).body as JsonObject & { frame: JsonObject }).frame.status, "RUNNING");
    const commit = { worker_id: "w1", row_count: 2, events_emitted: 3, output_ref: { ref: "noetl://x" } };
    const done = (await server.ok("POST", `/api/frames/${frame.frame_id}/commit`, commit)).frame as JsonObject;
    assert.deepEqual([done.status, done.row_count, done.lease_until], ["COMPLETED", 2, null]);
    assert.equal(code(await beat("w1")), "frame_already_terminal");
    assert.equal((await server.call("POST", "/api/frames/1/heartbeat", { worker_id: "w" })).status, 404);
    await inner("POST", "/api/internal/events/project", {
      events: [{ ...opened, event_id: "14", event_type: "stage.closed" }],
    });
    assert.equal(code(await claim("w1", 1)), "stage_not_open");
    assert.equal((await server.call("POST", "/api/stages/99/frames/claim", { worker_id: "w" })).status, 404);
  });

  it("a cursor loop of our own is a stage while it runs", async () => {
    const text = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: cur, path: cur}
workflow:
  - step: start
    loop:
      spec: {mode: cursor, max_in_flight: 2}
      cursor: {kind: postgres, auth: pg, claim: SELECT 1}
      iterator: row
    tool: {kind: noop}
`;
    await register(server, text);
    const run = await execute(server, "cur");
    const { events } = (await server.ok("GET", `/api/executions/${run}/events?order=asc`)) as { events: JsonObject[] };
    const of = (type: string) => events.find(({ event_type }) => event_type === type)?.event_id;
    const claim = { worker_id: "old", command_id: of("command.issued"), cursor: { worker_slot_id: 1, frame_index: 0 } };
    const path = `/api/stages/${of("loop.started")}/frames/claim`;
    const { frames } = (await server.ok("POST", path, claim)) as { frames: JsonObject[] };
    assert.deepEqual([frames.length, frames[0]?.execution_id], [1, run]);
    await server.ok("POST", `/api/executions/${run}/cancel`, { force: true });
    assert.equal((await ended(server, run)).status, "CANCELLED");
    const late = await server.call("POST", path, { ...claim, cursor: { worker_slot_id: 1, frame_index: 9 } });
    assert.deepEqual([late.status, (late.body as JsonObject).code], [409, "stage_not_open"]);
  });

  it("results: listed, counted, forgotten, under both names", async () => {
    for (const name of ["a", "b"]) await server.ok("PUT", "/api/temp/99", { name, data: { name } });
    const listed = await server.ok("GET", "/api/result/99/list");
    assert.deepEqual([listed.count, (listed.refs as JsonObject[])[1]?.name], [2, "b"]);
    assert.deepEqual(await server.ok("GET", "/api/temp/99/b"), { name: "b" });
    const known = await server.ok("GET", "/api/result/99/b?resolve=false");
    assert.match(String(known.ref), /^noetl:\/\/execution\/99\/result\/b\/\d+$/);
    assert.equal((await server.ok("GET", "/api/result/stats")).total_count, 2);
    assert.equal((await server.ok("DELETE", "/api/result/99/step/a")).deleted, 1);
    assert.equal((await server.ok("DELETE", "/api/temp/99")).deleted, 1);
    assert.equal((await server.call("GET", "/api/result/99/b")).status, 404);
  });

  it("a listener of web hooks learns what it is for", async () => {
    const content = `apiVersion: noetl.io/v2
kind: Subscription
metadata: {name: hooks, path: sub/hooks}
spec:
  source: webhook
  mode: push
  ingress: {gateway_path: /in/front, verify: {type: bearer, secret: hook_key}}
  dispatch: {playbook: p}
`;
    await server.ok("POST", "/api/catalog/register", { content, resource_type: "Subscription" });
    assert.equal((await server.call("GET", "/api/internal/ingress/in-front", undefined, INNER)).status, 404);
    await server.ok("POST", "/api/subscriptions/register", { path: "sub/hooks" });
    const { count, subscriptions } = await inner("GET", "/api/internal/ingress/in-front");
    const [one] = subscriptions as JsonObject[];
    assert.deepEqual([count, one?.path, one?.dispatch, one?.state], [1, "sub/hooks", { playbook: "p" }, "REGISTERED"]);
  });
});

describe("Model Context Protocol", () => {
  let server: TestServer;
  let stopped = false;
  let working: Promise<void>;
  before(async () => {
    server = await startServer();
    const worker = testWorker(server);
    working = (async () => {
      while (!stopped) await worker.drain();
    })();
  });
  after(async () => {
    stopped = true;
    await working;
    await server.close();
  });

  it("a playbook is a server with one tool, its workload what the tool takes", async () => {
    const more = `workload:
  city: Oslo
  # ui:secret
  key: hidden-default
`;
    await register(server, playbook("tools/weather", { start: [] }, more));
    const path = "/api/mcp/playbook/tools/weather/jsonrpc";
    const call = async (method: string, params: JsonObject = {}) =>
      server.ok("POST", path, { jsonrpc: "2.0", id: 7, method, params });
    const hello = (await call("initialize", { protocolVersion: "2025-03-26" })).result as JsonObject;
    assert.equal(hello.protocolVersion, "2025-03-26");
    const notified = await server.call("POST", path, { jsonrpc: "2.0", method: "notifications/initialized" });
    assert.deepEqual([notified.status, notified.text], [202, ""]);
    const [tool] = ((await call("tools/list")).result as { tools: JsonObject[] }).tools;
    const { properties } = (tool?.inputSchema ?? {}) as { properties?: JsonObject };
    assert.deepEqual(properties, { city: { type: "string", default: "Oslo" }, key: { type: "string" } });
    const { result } = await call("tools/call", { name: "tools_weather", arguments: { city: "Rome" } });
    const { isError, structuredContent } = result as { isError: boolean; structuredContent: JsonObject };
    assert.deepEqual([isError, structuredContent.status], [false, "COMPLETED"]);
    const run = await server.ok("GET", `/api/executions/${structuredContent.execution_id}`);
    assert.equal((run.workload as JsonObject).city, "Rome");
    assert.equal(((await call("tools/call", { name: "other" })).error as JsonObject).code, -32602);
    assert.equal(((await call("resources/list")).error as JsonObject).code, -32601);
    assert.equal((await server.call("POST", "/api/mcp/playbook/none/jsonrpc", {})).status, 404);
  });

  it("a server of the catalog: its tools are asked for, its verbs are playbooks", async (t) => {
    const upstream = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const { id, method } = JSON.parse(text);
      if (id === undefined) return response.writeHead(202).end();
      const tools = { tools: [{ name: "echo", inputSchema: {} }] };
      const result = method === "initialize" ? { serverInfo: { name: "up" } } : tools;
      response.writeHead(200, { "content-type": "text/event-stream", "mcp-session-id": "s1" });
      return response.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`);
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    t.after(() => upstream.close());
    const { port } = upstream.address() as AddressInfo;
    await register(server, playbook("ops/restart", { start: [] }));
    const document = (url: string, name: string) => `apiVersion: noetl.io/v2
kind: Mcp
metadata: {name: ${name}, path: mcp/${name}}
spec:
  url: ${url}
  lifecycle: {restart: {playbook: ops/restart, workload: {soft: true}}}
`;
    for (const [name, url] of [
      ["up", `http://127.0.0.1:${port}/mcp`],
      ["down", "http://127.0.0.1:1/mcp"],
    ] as const) {
      await server.ok("POST", "/api/catalog/register", { content: document(url, name), resource_type: "Mcp" });
    }
    const found = await server.ok("POST", "/api/mcp/mcp/up/discover", {});
    assert.deepEqual(
      [found.count, (found.tools as JsonObject[])[0]?.name, found.server_info],
      [1, "echo", { name: "up" }],
    );
    assert.equal((await server.call("POST", "/api/mcp/mcp/down/discover", {})).status, 502);
    const started = await server.ok("POST", "/api/mcp/mcp/up/lifecycle/restart", { reason: "x" });
    assert.equal((await ended(server, String(started.execution_id))).status, "COMPLETED");
    const run = await server.ok("GET", `/api/executions/${started.execution_id}`);
    assert.deepEqual(run.workload, { soft: true, reason: "x", mcp_path: "mcp/up", verb: "restart" });
    const refused = await server.call("POST", "/api/mcp/mcp/up/lifecycle/explode", {});
    assert.deepEqual([refused.status, /restart/.test(refused.text)], [422, true]);
    assert.equal((await server.call("POST", "/api/mcp/ops/restart/discover", {})).status, 422);
  });
});
