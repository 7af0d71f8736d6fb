import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { execute, playbook, register, startServer, type TestServer, until } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

describe("room at a worker that has reported", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await register(server, playbook("room/one", { start: [] }));
  });
  after(() => server.close());

  const next = { pools: ["shared"], max: 1 };

  it("is for the first command of another run, once, however often the report comes", async () => {
    const worker = testWorker(server);
    await execute(server, "room/one");
    const command = await worker.next();
    assert.ok(command);
    // While it works it asks for one more, and takes what it is given.
    const asked = worker.poll({ claim: true, wait_ms: 20_000 });
    await until(async () => (server.server.context.desk.waiting === 1 ? true : undefined));
    for (let time = 0; time < 2; time++) assert.equal((await worker.report(command, {}, { next })).status, 202);
    const executions = [1, 2, 3].map(() => ({ path: "room/one" }));
    const { results } = await server.ok("POST", "/api/execute/batch", { executions });
    const commands = (results as JsonObject[]).map(({ execution_id }) =>
      server.store.commands.list({ execution_id: String(execution_id) }),
    );
    const holders = (await Promise.all(commands)).flat().map((row) => row.worker_id);
    assert.deepEqual(holders.sort(), [worker.id, worker.id, null].sort());
    assert.ok((await asked).length > 0);
  });
});
