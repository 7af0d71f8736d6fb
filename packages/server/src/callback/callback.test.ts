import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { ended, execute, playbook, register, startServer, type TestServer, until } from "../testing/kit.ts";
import { type ClaimedCommand, testWorker } from "../testing/worker.ts";

const inner = { authorization: "Bearer inner" };

describe("callback of a container", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ config: { internalToken: "inner" } });
    await register(server, playbook("call/one", { start: [] }));
  });
  after(() => server.close());
  const send = (id: string, body: JsonObject) =>
    server.call("POST", `/api/internal/container-callback/${id}/start`, body, inner);

  async function claimed(): Promise<ClaimedCommand> {
    await execute(server, "call/one");
    const command = await testWorker(server).next();
    assert.ok(command);
    return command;
  }

  it("goes on with a call that our worker parked", async () => {
    const { execution_id, command_id, fence } = await claimed();
    const site = { step: "start", run: 1, command_id };
    const wait = { kind: "callback", token: "t-1", timeout_ms: 60_000, info: {} };
    const events = [
      { type: "call.parked", ...site, updates: [], wait, state: null },
      { type: "command.completed", ...site, pending_callback: true },
    ].map((event) => ({ step: "start", payload: { event } }));
    await server.ok("POST", "/api/events/batch", { execution_id, worker_id: "w-1", fence, events });
    assert.equal(
      ((await send(execution_id, { state: "succeeded", token: "other" })).body as JsonObject).status,
      "stale",
    );
    const answer = await send(execution_id, { state: "succeeded", token: "t-1", job_name: "j", exit_code: 0 });
    assert.deepEqual([answer.status, (answer.body as JsonObject).status], [202, "accepted"]);
    const leg = await testWorker(server).next();
    const { resume } = (leg?.claim.command ?? {}) as JsonObject;
    assert.deepEqual((resume as JsonObject).outcome, {
      kind: "callback",
      result: { state: "succeeded", job_name: "j", exit_code: 0 },
    });
    if (leg) await testWorker(server).report(leg, {});
    assert.equal((await ended(server, execution_id)).status, "COMPLETED");
  });

  it("ends a call that a worker of an older make left pending", async () => {
    for (const [state, end] of [
      ["succeeded", "COMPLETED"],
      ["failed_oom", "FAILED"],
    ] as const) {
      const { execution_id, event_id } = await claimed();
      const context = { command_id: event_id, pending_callback: true };
      const event = { execution_id, event_type: "command.completed", step: "start", worker_id: "w-1", context };
      await server.ok("POST", "/api/events", event);
      assert.equal((await server.ok("GET", `/api/executions/${execution_id}/status`)).completed, false);
      const row = await server.store.commands.get(event_id);
      assert.ok((row?.lease_until ?? 0) > Date.now() + 3_600_000, "nobody takes it for lost");
      assert.equal((await send(execution_id, { state, reason: "out of memory" })).status, 202);
      assert.equal((await ended(server, execution_id)).status, end);
      assert.equal(((await send(execution_id, { state })).body as JsonObject).status, "stale", "late ones do no harm");
    }
  });
});

describe("stopping", () => {
  it("lets those who wait in a poll go, and does not wait for them", async () => {
    const server = await startServer();
    const polls = Array.from({ length: 50 }, () => testWorker(server).poll({ wait_ms: 30_000 }));
    await until(async () => (server.server.context.desk.waiting === 50 ? true : undefined));
    await server.close();
    for (const hints of await Promise.all(polls)) assert.deepEqual(hints, []);
  });

  it("says which port is taken", async () => {
    const first = await startServer();
    const port = Number(new URL(first.url).port);
    await assert.rejects(startServer({ config: { port } }), /port \d+ of 127\.0\.0\.1 is taken/);
    await first.close();
  });
});
