import assert from "node:assert/strict";
import { test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect as connectNats } from "@nats-io/transport-node";
import { openInProcessBus } from "@noetl/bus";
import { snowflakes, systemClock, systemRandom } from "@noetl/core";
import { defaults, openServer } from "@noetl/server";
import { openMemoryStore } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import { connect, openSubscriptionProcess, silent, workerConfig } from "@noetl/worker";
import { NATS_MISSING, startNats } from "../../../../test/services/nats.ts";

const subscription = (url: string) => `apiVersion: noetl.io/v1
kind: Subscription
metadata: {name: orders, path: sub/orders}
spec:
  source: nats
  nats: {url: "${url}", stream: ORDERS, consumer: noetl, subject: "orders.>"}
  dispatch: {playbook: order}
`;
const playbook = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: order, path: order}
workload: {n: 0}
workflow:
  - {step: start, tool: {kind: noop}}
`;

test("messages of a stream start runs, each one run, and are acknowledged", async (t) => {
  const nats = await startNats();
  if (!nats) return t.skip(NATS_MISSING);
  t.after(() => nats.stop());
  const connection = await connectNats({ servers: nats.url });
  t.after(() => connection.close());
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "ORDERS", subjects: ["orders.>"] });

  const ids = snowflakes({ machine: 4 });
  const store = await openMemoryStore({ ids });
  const server = openServer({
    store,
    bus: openInProcessBus(),
    config: { ...defaults, port: 0 },
    clock: systemClock,
    ids,
    tools: createRegistry(),
    log: silent,
    version: "0",
  });
  const { url } = await server.listen();
  t.after(async () => {
    await server.close();
    await store.close();
  });
  for (const content of [playbook, subscription(nats.url)]) {
    const body = JSON.stringify({ content });
    const headers = { "content-type": "application/json" };
    assert.equal((await fetch(`${url}/api/catalog/register`, { method: "POST", headers, body })).status, 200);
  }
  for (const n of [1, 2, 3]) await jetstream(connection).publish(`orders.${n}`, JSON.stringify({ n }));

  const config = workerConfig(
    {
      WORKER_ID: "listener",
      WORKER_MODE: "subscription",
      NOETL_SUBSCRIPTION_PATH: "sub/orders",
      NOETL_SERVER_URL: url,
      WORKER_METRICS_BIND: "127.0.0.1:0",
    },
    () => "",
  );
  const ports = { clock: systemClock, random: systemRandom, log: silent };
  const { server: plane } = connect(config, ports);
  const process = await openSubscriptionProcess({ config, server: plane, env: {}, version: "1", pid: 1, ...ports });
  const running = process.run();

  const waiting = async () => {
    const info = await manager.consumers.info("ORDERS", "noetl");
    return info.num_pending + info.num_ack_pending;
  };
  for (const end = Date.now() + 15_000; (await waiting()) > 0; ) {
    assert.ok(Date.now() < end, "they are acknowledged");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const runs = await store.executions.list({ path: "order" });
  const seen = [];
  for (const { execution_id } of runs) {
    const [first] = await store.log.load(execution_id, { types: ["playbook.initialized"] });
    if (first?.type === "playbook.initialized") seen.push(first.workload.n);
  }
  assert.deepEqual(seen.sort(), [1, 2, 3]);
  const metrics = await (await fetch(`${process.url}/metrics`)).text();
  assert.match(metrics, /noetl_subscription_messages_received_total 3/);
  assert.equal((await fetch(`${process.url}/readyz`)).status, 200);
  assert.equal((await store.runtimes.get("worker_pool", "listener"))?.status, "ready");
  process.drain();
  await running;
  assert.equal((await store.runtimes.get("worker_pool", "listener"))?.status, "offline");
});
