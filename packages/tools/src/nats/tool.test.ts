import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { JsonObject } from "@noetl/core";
import { NATS_MISSING, startNats, type TestNats } from "../../../../test/services/nats.ts";
import { createResources } from "../resources.ts";
import { testHost } from "../testing/call.ts";
import { credential, dataOf, doneOf } from "../testing/outcome.ts";
import type { ToolCall } from "../tool.ts";
import { natsTool } from "./tool.ts";

const resources = createResources();
const server: TestNats | undefined = await startNats({ user: "u", password: "p@ss" });
if (server === undefined) process.stderr.write(`${NATS_MISSING}\n`);
const options = server === undefined ? { skip: NATS_MISSING } : {};
let other: NatsConnection;

before(async () => {
  if (server === undefined) return;
  other = await connect({ servers: server.url, user: "u", pass: "p@ss" });
  const manager = await jetstreamManager(other);
  await manager.streams.add({ name: "ORDERS", subjects: ["orders.>"] });
});
after(async () => {
  await resources.close();
  await other?.close();
  await server?.stop();
});

type More = Partial<Pick<ToolCall, "auth" | "timeout" | "signal">>;
const call = (config: JsonObject, more: More = {}) =>
  testHost({ resources }).call(config, {
    auth: credential("nats", { nats_url: server?.url ?? "", nats_user: "u", nats_password: "p@ss" }),
    ...more,
  });
const run = (config: JsonObject, more?: More) => doneOf(natsTool.execute(call(config, more)));
const data = (config: JsonObject, more?: More) => dataOf(natsTool.execute(call(config, more)));

test("key-value: put, get, list, delete, and a missing key is no error", options, async () => {
  const value = { session: "s", n: 1, list: [true, null] };
  const at = { bucket: "sessions", key: "a.b" };
  assert.deepEqual(await data({ operation: "kv_put", ...at, value, create: true }), {
    status: "success",
    ...at,
    revision: 1,
  });
  const { created, ...entry } = await data({ operation: "KV_GET", ...at });
  assert.deepEqual(entry, { status: "success", ...at, value, revision: 1 });
  assert.ok(!Number.isNaN(Date.parse(String(created))));
  await data({ operation: "kv_put", bucket: "sessions", key: "c", value: "plain text" });
  assert.equal((await data({ operation: "kv_get", bucket: "sessions", key: "c" })).value, "plain text");
  assert.deepEqual(await data({ operation: "kv_keys", bucket: "sessions" }), {
    status: "success",
    bucket: "sessions",
    keys: ["a.b", "c"],
    count: 2,
  });
  assert.deepEqual((await data({ operation: "kv_keys", bucket: "sessions", pattern: "a.*" })).keys, ["a.b"]);
  assert.deepEqual(await data({ operation: "kv_delete", ...at }), { status: "success", ...at });
  assert.deepEqual(await data({ operation: "kv_get", ...at }), { status: "not_found", ...at, value: null });
  await data({ operation: "kv_purge", bucket: "sessions", key: "c" });
  assert.equal((await data({ operation: "kv_keys", bucket: "sessions" })).count, 0);
});

test("a missing bucket is an error that says what to do", options, async () => {
  for (const operation of ["kv_get", "kv_put", "kv_keys", "object_get", "object_put"]) {
    const { error } = await run({ operation, bucket: "nowhere", key: "k", value: 1 });
    assert.deepEqual([error?.kind, error?.code, error?.retryable], ["not_found", "BUCKET_NOT_FOUND", false], operation);
  }
});

test("objects: put, get, info, list, delete", options, async () => {
  const at = { bucket: "files", object: "report" };
  const put = await data({
    operation: "object_put",
    ...at,
    data: { big: "x".repeat(300_000) },
    description: "d",
    create: true,
  });
  assert.deepEqual([put.status, put.name, put.size], ["success", "report", 300_010]);
  const got = await data({ operation: "object_get", bucket: "files", name: "report" });
  assert.equal((got.data as { big: string }).big.length, 300_000);
  const info = await data({ operation: "object_info", ...at });
  assert.deepEqual([info.name, info.size, info.description, info.chunks], ["report", 300_010, "d", 3]);
  assert.deepEqual(await data({ operation: "object_list", bucket: "files" }), {
    status: "success",
    bucket: "files",
    objects: [{ name: "report", size: 300_010, description: "d", chunks: 3 }],
    count: 1,
  });
  await data({ operation: "object_delete", ...at });
  assert.equal((await data({ operation: "object_get", ...at })).status, "not_found");
  assert.equal((await data({ operation: "object_list", bucket: "files" })).count, 0);
});

test("streams: publish once, consume and acknowledge, read one message, information", options, async () => {
  const publish = (n: number, msg_id: string) =>
    data({ operation: "js_publish", subject: "orders.new", data: { n }, headers: { "X-N": String(n) }, msg_id });
  assert.deepEqual(await publish(1, "one"), { status: "success", stream: "ORDERS", seq: 1, duplicate: false });
  assert.equal((await publish(1, "one")).duplicate, true);
  await publish(2, "two");
  const consume = { operation: "js_consume", stream: "ORDERS", consumer: "reader", create: true };
  const first = await data({ ...consume, batch: 1 });
  const [message] = first.messages as JsonObject[];
  assert.deepEqual(message, {
    subject: "orders.new",
    stream_seq: 1,
    consumer_seq: 1,
    delivered: 1,
    pending: 1,
    data: { n: 1 },
    headers: { "Nats-Msg-Id": "one", "X-N": "1" },
  });
  assert.deepEqual(
    ((await data(consume)).messages as JsonObject[]).map(({ data }) => data),
    [{ n: 2 }],
  );
  assert.equal((await data({ ...consume, timeout_ms: 100 })).count, 0);
  const stored = await data({ operation: "js_get_msg", stream: "ORDERS", seq: 2 });
  assert.deepEqual([stored.subject, stored.data, stored.seq], ["orders.new", { n: 2 }, 2]);
  assert.deepEqual((await data({ operation: "js_get_msg", stream: "ORDERS", subject: "orders.new" })).data, { n: 2 });
  assert.equal((await data({ operation: "js_get_msg", stream: "ORDERS", seq: 99 })).status, "not_found");
  const info = await data({ operation: "js_stream_info", stream: "ORDERS" });
  assert.equal((info.state as JsonObject).messages, 2);
});

test("messages that are not acknowledged come again", options, async () => {
  await data({ operation: "js_publish", subject: "orders.again", data: "x" });
  const manager = await jetstreamManager(other);
  await manager.consumers.add("ORDERS", {
    durable_name: "twice",
    ack_policy: "explicit",
    ack_wait: 100_000_000,
    filter_subject: "orders.again",
  });
  const consume = { operation: "js_consume", stream: "ORDERS", consumer: "twice" };
  assert.equal((await data({ ...consume, ack: false })).count, 1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const [again] = (await data(consume)).messages as JsonObject[];
  assert.equal(again?.delivered, 2);
});

test("plain messages and requests", options, async () => {
  const subscription = other.subscribe("echo", {
    callback: (_, message) => void message.respond(`"got ${message.string()}"`),
  });
  const heard = other.subscribe("news", { max: 1 });
  await other.flush();
  assert.equal((await data({ operation: "request", subject: "echo", data: "hi" })).data, "got hi");
  await data({ operation: "publish", subject: "news", payload: { a: 1 } });
  for await (const message of heard) assert.deepEqual(message.json(), { a: 1 });
  subscription.unsubscribe();
  await other.flush();
  const nobody = await run({ operation: "request", subject: "echo" });
  assert.deepEqual(
    [nobody.error?.kind, nobody.error?.code, nobody.error?.retryable],
    ["connection", "NO_RESPONDERS", true],
  );
});

test("what goes wrong has a kind and a code", options, async () => {
  const cases: [JsonObject, More, string, string][] = [
    [{ operation: "kv_get", bucket: "b" }, {}, "configuration", "CONFIG_INVALID"],
    [{ operation: "nonsense" }, {}, "configuration", "CONFIG_INVALID"],
    [
      { operation: "kv_put", bucket: "keys", key: "bad key", value: 1, create: true },
      {},
      "configuration",
      "CONFIG_INVALID",
    ],
    [{ operation: "kv_get", bucket: "b", key: "k" }, { auth: {} }, "auth", "AUTH_MISSING"],
    [{ operation: "kv_get", bucket: "b", key: "k", password: "wrong" }, {}, "auth", "NATS_AUTH"],
    [{ operation: "kv_get", bucket: "b", key: "k", url: "nats://127.0.0.1:1" }, {}, "connection", "CONN_REFUSED"],
    [{ operation: "js_stream_info", stream: "NOPE" }, {}, "not_found", "STREAM_NOT_FOUND"],
    [{ operation: "js_consume", stream: "ORDERS", consumer: "nope" }, {}, "not_found", "CONSUMER_NOT_FOUND"],
    [{ operation: "js_publish", subject: "no.stream.takes.it", data: 1 }, {}, "not_found", "STREAM_NOT_FOUND"],
  ];
  for (const [config, more, kind, code] of cases) {
    const { status, error } = await run(config, more);
    assert.deepEqual([status, error?.kind, error?.code], ["error", kind, code], JSON.stringify([config, error]));
  }
});

test("the address may hold user and password", options, async () => {
  const url = `${server?.url.replace("//", "//u:p%40ss@")}`;
  assert.equal((await run({ operation: "js_stream_info", stream: "ORDERS", url }, { auth: {} })).status, "ok");
});

test("a wait ends at the attempt's limit or when cancelled", options, async () => {
  const silent = other.subscribe("silent", { callback: () => {} });
  await other.flush();
  const late = await run({ operation: "request", subject: "silent", timeout_ms: 3_000 }, { timeout: { total: 100 } });
  assert.deepEqual([late.status, late.error?.code], ["timeout", "TOOL_TIMEOUT"]);
  const waited = await run({ operation: "request", subject: "silent", timeout_ms: 100 });
  assert.deepEqual([waited.status, waited.error?.kind, waited.error?.code], ["timeout", "timeout", "NATS_TIMEOUT"]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  assert.equal(
    (
      await run(
        { operation: "js_consume", stream: "ORDERS", consumer: "twice", timeout_ms: 5_000 },
        { signal: controller.signal },
      )
    ).error?.kind,
    "cancelled",
  );
  silent.unsubscribe();
});

test("calls of one identity share a connection", options, async () => {
  const latestClient = async () => {
    const probe = await connect({ servers: server?.url ?? "", user: "u", pass: "p@ss" });
    const id = probe.info?.client_id ?? 0;
    await probe.close();
    return id;
  };
  const start = await latestClient();
  await Promise.all(Array.from({ length: 5 }, () => data({ operation: "js_stream_info", stream: "ORDERS" })));
  // The server numbers its clients: only the two probes have come.
  assert.equal(await latestClient(), start + 1);
});
