import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openInProcessBus } from "@noetl/bus";
import { snowflakes, systemClock, systemRandom } from "@noetl/core";
import { defaults, openServer, type Server } from "@noetl/server";
import { openMemoryStore, type Store } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import { connect, silent, workerConfig } from "@noetl/worker";

describe("credentials sealed for one worker", () => {
  let store: Store;
  let server: Server;
  let url: string;
  before(async () => {
    const ids = snowflakes({ machine: 3 });
    store = await openMemoryStore({ ids });
    server = openServer({
      store,
      bus: openInProcessBus(),
      config: { ...defaults, port: 0 },
      clock: systemClock,
      ids,
      tools: createRegistry(),
      log: silent,
      version: "0",
    });
    ({ url } = await server.listen());
    await store.credentials.put({ name: "pg", type: "postgres", data: { password: "pw-canary", port: 5432 } });
  });
  after(async () => {
    await server.close();
    await store.close();
  });

  const workerOf = (WORKER_ID: string) => {
    const env = { WORKER_ID, NOETL_SERVER_URL: url, NOETL_SEALED_CREDENTIALS: "true", WORKER_METRICS_BIND: "off" };
    const config = workerConfig(env, () => "");
    const plane = connect(config, { clock: systemClock, random: systemRandom, log: silent }).server;
    const identity = { id: WORKER_ID, pool: "p", capacity: 1, hostname: "h", pid: 1, labels: {} };
    return { plane, register: () => plane.register(identity) };
  };

  test("the worker that registered its key reads it, on the wire nobody", async () => {
    const { plane, register } = workerOf("w1");
    await register();
    const found = await plane.credential("pg", "1");
    assert.deepEqual(found, { name: "pg", type: "postgres", data: { password: "pw-canary", port: 5432 } });
    const wire = await (await fetch(`${url}/api/credentials/pg/sealed?worker_id=w1`)).text();
    assert.ok(!wire.includes("pw-canary") && wire.includes("x25519"));
    const [access] = await store.secretAudit.list({ name: "pg", limit: 1 });
    assert.deepEqual([access?.action, access?.actor], ["sealed", "w1"]);
  });

  test("another process of the same name cannot, nor one that never registered", async () => {
    const first = workerOf("w2");
    await first.register();
    await assert.rejects(workerOf("w2").plane.credential("pg", "1"), { code: "SEALED_CREDENTIAL", meaning: "auth" });
    await assert.rejects(workerOf("w3").plane.credential("pg", "1"), /registered no public key/);
    await assert.rejects(first.plane.credential("nothing", "1"), { meaning: "not_found" });
  });
});
