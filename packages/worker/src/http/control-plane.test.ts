import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { openClient } from "@noetl/client";
import { isObject, systemClock } from "@noetl/core";
import type { Hint } from "../plane/control-plane.ts";
import { command } from "../testing/kit.ts";
import { httpControlPlane } from "./control-plane.ts";

interface Seen {
  route: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

type Answer = readonly [status: number, body: unknown, headers?: { [name: string]: string }];

/** A server that gives these answers, one after the other for each route; the last one stays. `null` cuts the connection. */
async function plane(t: TestContext, answers: { [route: string]: (Answer | null)[] }) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const route = `${request.method} ${request.url}`;
    seen.push({ route, headers: request.headers, body: body === "" ? undefined : JSON.parse(body) });
    const list = answers[route] ?? [[404, { error: `no such route: ${route}`, code: "NO_ROUTE" }]];
    const answer = list.length > 1 ? list.shift() : list[0];
    if (!answer) return request.socket.destroy();
    const [status, content, headers = {}] = answer;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    return response.end(typeof content === "string" ? content : JSON.stringify(content));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = (own: string) =>
    httpControlPlane({
      client: (other = own) => openClient({ url: other, gateway: false, token: "tok" }, { lean: true }),
      clock: { now: () => systemClock.now(), sleep: async () => {} },
      random: { next: () => 0.5 },
    });
  return { seen, url, open, server: open(url) };
}

const hint: Hint = { execution_id: "9007199254740993", event_id: "77", command_id: "77", step: "a" };
const claimed = { status: "ok", fence: 3, command: command("a#1", "noop") };

test("ids of any size, as numbers or text, are text", async (t) => {
  const wire = `{"commands": [{"execution_id": 9007199254740993, "event_id": 77, "command_id": "x", "step": "a"}, {"step": "b"}]}`;
  const { server, seen } = await plane(t, { "POST /api/worker/pool/poll": [[200, wire]] });
  const input = { worker: "w", pools: ["shared", "gpu"], max: 2, wait_ms: 5 };
  const hints = await server.poll(input, new AbortController().signal);
  assert.deepEqual(hints, [{ ...hint, command_id: "x" }]);
  assert.deepEqual(seen[0]?.body, {
    worker: "w",
    worker_id: "w",
    pool: "shared",
    segments: ["gpu"],
    max: 2,
    wait_ms: 5,
  });
  assert.equal(seen[0]?.headers.authorization, "Bearer tok");
});

test("a claim is asked for again while the server is busy or the connection breaks", async (t) => {
  const route = "POST /api/commands/77/claim";
  const busy: Answer = [503, { error: "busy" }, { "retry-after": "1" }];
  const { server, seen } = await plane(t, { [route]: [busy, null, [200, claimed]] });
  const answer = await server.claim(hint, "w");
  assert.deepEqual(answer, { outcome: "claimed", command: claimed.command, fence: 3 });
  assert.equal(seen.length, 3);
  assert.deepEqual(seen[2]?.body, { worker_id: "w", format: "command" });
});

for (const [status, body, expected] of [
  [409, { code: "already_terminal", error: "x" }, { outcome: "gone", reason: "ended" }],
  [409, { code: "execution_cancelled", error: "x" }, { outcome: "gone", reason: "cancelled" }],
  [409, { code: "active_claim", error: "x" }, { outcome: "taken", retry_ms: 1_000 }],
  [404, { code: "COMMAND_NOT_FOUND", error: "x" }, { outcome: "gone", reason: "unknown" }],
] as const) {
  test(`a claim that is answered ${status} ${body.code} is ${expected.outcome}`, async (t) => {
    const { server } = await plane(t, { "POST /api/commands/77/claim": [[status, body]] });
    assert.deepEqual(await server.claim(hint, "w"), expected);
  });
}

test("a server of another generation is told from one that refuses", async (t) => {
  const older = { status: "ok", node_name: "a", action: "noop", context: {} };
  const { server } = await plane(t, { "POST /api/commands/77/claim": [[200, older]] });
  await assert.rejects(server.claim(hint, "w"), { code: "E_CLAIM_SHAPE", meaning: "terminal" });
});

test("a report names its claim and carries what the engine folds; a lost claim is a conflict", async (t) => {
  const route = "POST /api/events/batch";
  const lost: Answer = [409, { code: "FENCED", error: "lost" }];
  const { server, seen } = await plane(t, { [route]: [[202, { status: "accepted" }], lost] });
  const event = { type: "command.completed" as const, step: "a", run: 1, command_id: "a#1" };
  const report = { hint, worker: "w", fence: 3, key: "77:3", events: [event] };
  await server.report(report);
  assert.equal(seen[0]?.headers["idempotency-key"], "77:3");
  assert.deepEqual(seen[0]?.body, {
    execution_id: "9007199254740993",
    worker_id: "w",
    command_event_id: "77",
    fence: 3,
    events: [{ event_type: "command.completed", step: "a", payload: { event } }],
  });
  await assert.rejects(server.report(report), { meaning: "conflict", code: "FENCED" });
});

test("a server that does not know the worker says so", async (t) => {
  const route = "POST /api/worker/pool/heartbeat";
  const unknown: Answer = [404, { status: "unknown" }];
  const { server } = await plane(t, { [route]: [[200, { status: "ok" }], unknown] });
  const worker = { id: "w", pool: "p", capacity: 1, hostname: "h", pid: 1, labels: {} };
  assert.deepEqual(await server.heartbeat(worker), { known: true });
  assert.deepEqual(await server.heartbeat(worker), { known: false });
});

test("a result is stored and read", async (t) => {
  const ref = { kind: "result_ref", ref: "noetl://execution/9/result/a/1", meta: { bytes: 3 } };
  const resolve = `GET /api/result/resolve?${new URLSearchParams({ ref: ref.ref })}`;
  const { server, seen } = await plane(t, { "PUT /api/result/9": [[200, ref]], [resolve]: [[200, [1, 2]]] });
  const stored = await server.putResult({ execution_id: "9", step: "a", body: [1, 2], scope: "execution", ttl: 5 });
  assert.equal(stored.ref, ref.ref);
  const body = { name: "a", source_step: "a", data: [1, 2], scope: "execution", ttl: 5 };
  assert.deepEqual(seen[0]?.body, body);
  assert.deepEqual(await server.getResult(ref.ref), [1, 2]);
});

test("shared keychain entries are kept at the server, secrets of one run are not", async (t) => {
  const at = "2030-01-01T00:00:00.000Z";
  const answer = { status: "success", token_data: { token: "x" }, expires_at: at };
  const { server, seen } = await plane(t, {
    "GET /api/keychain/5/tok?scope_type=global": [[200, answer]],
    "GET /api/keychain/5/tok?scope_type=shared&execution_id=9": [[200, { status: "not_found" }]],
    "POST /api/keychain/5/tok": [[200, {}]],
  });
  assert.deepEqual(await server.keychainGet("tok:5:global"), { data: { token: "x" }, expires_at: Date.parse(at) });
  assert.equal(await server.keychainGet("tok:5:shared:9"), undefined);
  assert.equal(await server.keychainGet("tok:5:9"), undefined);
  await server.keychainPut("tok:5:global", { data: { token: "y" }, expires_at: Date.parse(at) });
  await server.keychainPut("tok:5:9", { data: { token: "z" }, expires_at: 0 });
  assert.equal(seen.length, 3);
  const { body } = seen[2] ?? {};
  assert.ok(isObject(body) && body.expires_at === at && body.scope_type === "global");
});

test("a hint may name another server, but not the localhost of another machine", async (t) => {
  const other = await plane(t, { "POST /api/commands/77/claim": [[200, claimed]] });
  const { server, seen, open, url } = await plane(t, {});
  await server.at(other.url).claim(hint, "w");
  assert.deepEqual([seen.length, other.seen.length], [0, 1]);
  assert.equal(server.at(url), server.at(undefined));
  const remote = open("http://noetl.example:8082");
  assert.equal(remote.at("http://localhost:8082"), remote.at(undefined));
  assert.equal(remote.at("nonsense"), remote.at(undefined));
});

test("a server that hints name is opened once", () => {
  const opened: (string | undefined)[] = [];
  const home = httpControlPlane({
    client: (url) => {
      opened.push(url);
      return openClient({ url: url ?? "http://10.0.0.1:1", gateway: false }, { lean: true });
    },
    clock: systemClock,
    random: { next: () => 0.5 },
  });
  const other = home.at("http://10.0.0.2:1");
  assert.notEqual(other, home);
  assert.equal(other.at("http://10.0.0.2:1"), other);
  assert.equal(home.at("http://10.0.0.2:1"), other);
  assert.equal(home.at("http://localhost:9"), home, "its own name for itself");
  assert.deepEqual(opened, [undefined, "http://10.0.0.2:1"]);
});
