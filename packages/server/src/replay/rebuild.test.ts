import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { defaults } from "../config/config.ts";
import { ended, execute, playbook, register, startServer, type TestServer, until } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

const INNER = { authorization: "Bearer inner" };
const rebuild = (server: TestServer, body: JsonObject = {}) =>
  server.ok("POST", "/api/internal/projection/rebuild", body, INNER);
const damage = (server: TestServer, query: string) =>
  server.ok("POST", "/api/postgres/execute", { query, write: true });

async function oneStep(server: TestServer): Promise<string> {
  await register(server, playbook("p", { start: [] }));
  return execute(server, "p");
}

describe("projections anew from the log", () => {
  it("the row of a run and those of its commands; a second time there is nothing to do", async (t) => {
    const server = await startServer({ config: { internalToken: "inner", roles: ["api", "system"] } });
    t.after(() => server.close());
    const id = await oneStep(server);
    await testWorker(server).drain();
    const before = await ended(server, id);
    await damage(
      server,
      `UPDATE noetl.execution SET status = 'RUNNING', end_time = NULL, seq = 1 WHERE execution_id = ${id}`,
    );
    await damage(server, `UPDATE noetl.command SET status = 'PENDING' WHERE execution_id = ${id}`);
    const { rebuilt, executions } = await rebuild(server);
    assert.deepEqual([rebuilt, executions], [1, [{ execution_id: id, run: true, commands: 1, reissued: 0 }]]);
    const after = await server.ok("GET", `/api/executions/${id}`);
    assert.deepEqual([after.status, after.end_time], ["COMPLETED", before.end_time]);
    assert.equal((await rebuild(server, { all: true })).rebuilt, 0);
    const failed = (await rebuild(server, { execution_ids: ["1"] })).failed as JsonObject[];
    assert.equal(failed[0]?.execution_id, "1");
  });

  it("a command whose row is gone is issued again, and the run comes to its end", async (t) => {
    const server = await startServer({ config: { internalToken: "inner" } });
    t.after(() => server.close());
    const id = await oneStep(server);
    await damage(server, `DELETE FROM noetl.command WHERE execution_id = ${id}`);
    const worker = testWorker(server);
    // The hint of it is out, and leads nowhere.
    await worker.poll({ wait_ms: 0 });
    assert.deepEqual((await rebuild(server, { execution_ids: [id] })).executions, [
      { execution_id: id, run: false, commands: 0, reissued: 1 },
    ]);
    assert.deepEqual(await worker.drain(), ["start"]);
    assert.equal((await ended(server, id)).status, "COMPLETED");
  });

  it("the projector mends a row that does not say that its run has ended", async (t) => {
    const system = { ...defaults.system, runsMs: 50 };
    const server = await startServer({ config: { system } });
    t.after(() => server.close());
    const id = await oneStep(server);
    await testWorker(server).drain();
    await ended(server, id);
    await damage(server, `UPDATE noetl.execution SET status = 'RUNNING', end_time = NULL WHERE execution_id = ${id}`);
    await until(async () => {
      const { status } = await server.ok("GET", `/api/executions/${id}`);
      return status === "COMPLETED" ? status : undefined;
    });
    const { text } = await server.call("GET", "/metrics");
    assert.match(text, /noetl_projector_projection_stale_records_total [1-9]/);
  });
});
