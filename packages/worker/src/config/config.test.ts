import assert from "node:assert/strict";
import { test } from "node:test";
import { workerConfig } from "./config.ts";

const config = (env: { [name: string]: string } = {}, files: { [path: string]: string } = {}) =>
  workerConfig(env, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error("no such file");
    return text;
  });

test("without settings: the server of this machine, polling, eight commands", () => {
  const found = config();
  assert.match(found.id, /^worker-[0-9a-f]{8}$/);
  assert.equal(found.serverUrl, "http://localhost:8082");
  assert.equal(found.nats, undefined);
  assert.deepEqual(found.pools, ["shared", "legacy", "python"]);
  assert.deepEqual([found.capacity, found.dbCapacity, found.drainMs], [8, 4, 50_000]);
  assert.deepEqual(found.metrics, { host: "0.0.0.0", port: 9090, usual: true });
});

test("names of both older generations are read", () => {
  assert.equal(config({ WORKER_MAX_CONCURRENT: "3" }).capacity, 3);
  assert.equal(config({ NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "2", WORKER_MAX_CONCURRENT: "3" }).capacity, 2);
  assert.equal(config({ NOETL_WORKER_POOL_NAME: "gpu" }).name, "gpu");
  assert.equal(config({ NOETL_SERVER_URL: "http://noetl:8082/api/" }).serverUrl, "http://noetl:8082");
});

test("database commands never have more places than there are", () => {
  assert.equal(config({ NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "2" }).dbCapacity, 2);
});

test("pools come from the segments, or from the one that a filter subject names", () => {
  assert.deepEqual(config({ NOETL_WORKER_POOL_SEGMENTS: "gpu, cpu" }).pools, ["gpu", "cpu"]);
  assert.deepEqual(config({ NATS_FILTER_SUBJECT: "noetl.commands.system.>" }).pools, ["system"]);
  assert.deepEqual(config({ NOETL_FEED_FILTER_SUBJECT: "noetl.commands" }).pools, ["legacy"]);
});

test("the broker waits longer for an acknowledgement than a command may last", () => {
  const nats = { NATS_URL: "nats://n:4222" };
  assert.equal(config(nats).nats?.ackWaitMs, 300_000);
  const slow = config({ ...nats, NOETL_WORKER_COMMAND_TIMEOUT_SECONDS: "600" });
  assert.deepEqual([slow.nats?.ackWaitMs, slow.commandTimeoutMs], [630_000, 600_000]);
  assert.equal(config({ NOETL_WORKER_COMMAND_TIMEOUT_SECONDS: "0" }).commandTimeoutMs, undefined);
});

test("who is not told of a cancel asks more often", () => {
  assert.equal(config().commandHeartbeatMs, 5_000);
  assert.equal(config({ NATS_URL: "nats://n" }).commandHeartbeatMs, 15_000);
});

test("health and metrics listen where they are told, or not at all", () => {
  assert.deepEqual(config({ WORKER_METRICS_BIND: "127.0.0.1:0" }).metrics, {
    host: "127.0.0.1",
    port: 0,
    usual: false,
  });
  assert.deepEqual(config({ WORKER_METRICS_BIND: "[::1]:9" }).metrics, { host: "::1", port: 9, usual: false });
  assert.deepEqual(config({ PORT: "7" }).metrics, { host: "0.0.0.0", port: 7, usual: false });
  assert.equal(config({ WORKER_METRICS_BIND: "off" }).metrics, undefined);
});

test("throttling and sealed credentials have the names of the older generations", () => {
  const found = config({
    NOETL_WORKER_POSTGRES_POOL_WAITING_THRESHOLD: "0",
    NOETL_WORKER_THROTTLE_POLL_INTERVAL_SECONDS: "0.1",
    NOETL_WORKER_CONCURRENCY_PROBE_INTERVAL_SECONDS: "0.01",
    NOETL_SEALED_CREDENTIALS: "true",
  });
  assert.deepEqual([found.calm, found.probeMs, found.sealed], [{ waiting: 0, pauseMs: 100 }, 500, true]);
  assert.equal(config({ WORKER_MODE: "subscription", NOETL_SUBSCRIPTION_PATH: "sub/x" }).subscription, "sub/x");
  assert.equal(config({ NOETL_SUBSCRIPTION_PATH: "sub/x" }).subscription, undefined);
});

test("certificates are read from their files", () => {
  const env = { NOETL_TLS_CLIENT_CERT: "c", NOETL_TLS_CLIENT_KEY: "k" };
  assert.deepEqual(config(env, { c: "CERT", k: "KEY" }).tls, { cert: "CERT", key: "KEY" });
});

for (const [env, said] of [
  [{ NOETL_SERVER_URL: "localhost:8082" }, /NOETL_SERVER_URL/],
  [{ NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "0" }, /NOETL_WORKER_MAX_INFLIGHT_COMMANDS.*at least 1/],
  [{ WORKER_HEARTBEAT_INTERVAL: "soon" }, /WORKER_HEARTBEAT_INTERVAL.*soon/],
  [{ WORKER_METRICS_BIND: "9090" }, /WORKER_METRICS_BIND/],
  [{ NATS_FILTER_SUBJECT: "noetl.commands.>" }, /NATS_FILTER_SUBJECT/],
  [{ NOETL_WORKER_POOL_SEGMENTS: ", ," }, /NOETL_WORKER_POOL_SEGMENTS/],
  [{ WORKER_MODE: "listen" }, /WORKER_MODE.*listen/],
  [{ WORKER_MODE: "subscription" }, /NOETL_SUBSCRIPTION_PATH/],
  [{ NOETL_SEALED_CREDENTIALS: "maybe" }, /NOETL_SEALED_CREDENTIALS.*maybe/],
  [{ NOETL_TLS_CLIENT_CERT: "gone" }, /NOETL_TLS_CLIENT_CERT: cannot read gone/],
  [{ NOETL_TLS_CLIENT_KEY: "k" }, /NOETL_TLS_CLIENT_CERT: certificate and key/],
] as const) {
  test(`${Object.entries(env)} is refused, and the variable named`, () => {
    assert.throws(() => config(env, { k: "KEY" }), { meaning: "validation", message: said });
  });
}
