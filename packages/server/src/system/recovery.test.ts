import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { openMemoryStore, type Store } from "@noetl/store";
import { ended, execute, playbook, register, startServer, type TestServer, until } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

/** Long enough for a busy machine to report within it. */
const LEASE = 600;

const quick = {
  claim: { leaseMs: LEASE, retryAfterSeconds: 2, staleMs: LEASE, hardMs: 1_800_000, maxClaims: 3 },
  poll: { longestMs: 5_000, reserveMs: 20, recheckMs: 20_000 },
  system: { reaperMs: 40, pendingMs: 60, runtimeMs: 50, offlineMs: 60_000, runsMs: 60, collectMs: 60_000 },
};

const parent = (wait: string) => `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: parent, path: rec/parent}
workflow:
  - step: start
    tool:
      kind: playbook
      path: rec/child
      ${wait}
`;

describe("recovery", () => {
  let store: Store;
  let server: TestServer;
  before(async () => {
    store = await openMemoryStore();
    server = await startServer({ store, config: quick });
    await register(server, playbook("rec/child", { start: [] }));
    await register(server, parent("return_step: start"));
  });
  after(async () => {
    await server.close();
    await store.close();
  });

  async function restart(): Promise<void> {
    await server.close();
    server = await startServer({ store, config: quick });
  }

  it("an outcome without an end is not worked on again: the end is written for the lost worker", async () => {
    const id = await execute(server, "rec/child");
    const command = await testWorker(server, "half").next();
    assert.ok(command);
    const payload = { command_id: command.event_id, result: { status: "success", context: { data: { n: 1 } } } };
    const event = { execution_id: id, event_type: "call.done", step: "start", worker_id: "half", payload };
    await server.ok("POST", "/api/events", event);
    assert.equal((await ended(server, id)).status, "COMPLETED");
    const seen = await types(id);
    assert.equal(seen.filter((type) => type === "command.issued").length, 1);
    assert.ok(!seen.includes("command.lost") && seen.includes("command.completed"));
  });

  it("issues the command of a lost worker again; it completes once, elsewhere", async () => {
    const id = await execute(server, "rec/child");
    const lost = await testWorker(server, "dead").next();
    assert.ok(lost);
    // Nobody polls meanwhile: it is the reaper that finds out.
    await until(async () => ((await types(id)).includes("command.lost") ? true : undefined));
    const heir = testWorker(server, "heir");
    const again = await heir.next();
    assert.equal(again?.step, "start");
    assert.notEqual(again?.event_id, lost.event_id);
    assert.equal((await testWorker(server, "dead").report(lost, { from: "dead" })).status, 409);
    if (again) await heir.report(again, { from: "heir" });
    assert.equal((await ended(server, id)).status, "COMPLETED");
    assert.deepEqual(await server.ok("GET", `/api/result/${id}/start`), { from: "heir" });
  });

  it("leaves a long command of a healthy worker alone", async () => {
    const id = await execute(server, "rec/child");
    await server.ok("POST", "/api/worker/pool/register", { name: "long", status: "ready" });
    const worker = testWorker(server, "long");
    const command = await worker.next();
    assert.ok(command);
    for (const end = Date.now() + 1.5 * LEASE; Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await server.ok("POST", "/api/worker/pool/heartbeat", { name: "long" });
    }
    assert.ok(!(await types(id)).includes("command.lost"));
    await worker.report(command, {});
    assert.equal((await ended(server, id)).status, "COMPLETED");
  });

  it("does not end a run that waits for a worker, a child or the clock", async () => {
    const waiting = await execute(server, "rec/child", { execution_pool: "nobody" });
    const mother = await execute(server, "rec/parent");
    await park(mother);
    await restart();
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const id of [waiting, mother]) {
      const { status, completed } = await server.ok("GET", `/api/executions/${id}/status`);
      assert.deepEqual([status, completed], ["RUNNING", false]);
    }
    const why = await server.ok("GET", `/api/executions/${waiting}/why`);
    assert.equal((why.waiting as JsonObject[])[0]?.for, "worker");
    await testWorker(server).drain();
    assert.equal((await ended(server, mother)).status, "COMPLETED");
    await testWorker(server, "n", "nobody").drain();
    assert.equal((await ended(server, waiting)).status, "COMPLETED");
  });

  it("starts the child that a server did not live to start, and once only", async () => {
    const id = await execute(server, "rec/parent");
    // The parent's call is parked by an event that no server acts on: this one dies first.
    const command = await testWorker(server).next();
    assert.ok(command);
    await server.close();
    await parkInStore(command.claim.command as JsonObject, id);
    server = await startServer({ store, config: quick });
    const child = await until(async () => (await children(id))[0]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await children(id)).length, 1);
    await testWorker(server).drain({ from: "child" });
    assert.equal((await ended(server, child)).status, "COMPLETED");
    assert.equal((await ended(server, id)).status, "COMPLETED");
    assert.equal((await types(id)).filter((type) => type === "child.started").length, 1);
  });

  it("ends a run whose first transaction never came", async () => {
    const text = playbook("rec/unborn", { start: [] });
    const { catalog_id } = await register(server, text);
    const born = await execute(server, "rec/unborn");
    const summary = await store.executions.get(born);
    assert.ok(summary);
    const unborn = {
      ...summary,
      execution_id: "77",
      root_execution_id: "77",
      seq: 0,
      started_at: Date.now() - 120_000,
    };
    await store.executions.create({ ...unborn, catalog_id: String(catalog_id) }, text);
    const status = await ended(server, "77");
    assert.deepEqual([status.status, (status.error_detail as JsonObject).code], ["FAILED", "NEVER_BEGAN"]);
    await testWorker(server).drain();
  });

  it("cancels what nobody has claimed at once, children too; a later claim is refused", async () => {
    const id = await execute(server, "rec/parent");
    await park(id);
    const child = await until(async () => (await children(id))[0]);
    const [hint] = await testWorker(server, "late").poll();
    const answer = await server.ok("POST", `/api/executions/${id}/cancel`, { reason: "enough", cascade: true });
    assert.equal(answer.status, "cancelled");
    assert.deepEqual([...(answer.cancelled_executions as string[])].sort(), [id, child].sort());
    for (const each of [id, child]) {
      const { status, completed, failed, is_cancelled } = await ended(server, each);
      assert.deepEqual([status, completed, failed, is_cancelled], ["CANCELLED", true, false, true]);
    }
    const late = await server.call("POST", `/api/commands/${hint?.event_id}/claim`, { worker_id: "late" });
    assert.equal(late.status, 409);
    assert.equal(((late.body as JsonObject).detail as JsonObject).code, "already_terminal");
    assert.equal((await server.ok("POST", `/api/executions/${id}/cancel`, {})).status, "already_completed");
    assert.equal((await server.ok("GET", `/api/executions/${id}/cancellation-check`)).cancelled, true);
  });

  it("fails a parent whose child failed, finalizes and reruns", async () => {
    const id = await execute(server, "rec/parent");
    await park(id);
    const child = await until(async () => (await children(id))[0]);
    const done = await server.ok("POST", `/api/executions/${child}/finalize`, { status: "FAILED", reason: "given up" });
    assert.equal(done.status, "finalized");
    await until(async () => ((await types(id)).includes("child.completed") ? true : undefined));
    const answer = (await store.log.load(id)).find((event) => event.type === "child.completed");
    assert.equal(answer?.type === "child.completed" ? answer.status : "", "FAILED");
    await server.ok("POST", `/api/executions/${id}/cancel`, {});
    const again = await server.ok("POST", `/api/executions/${child}/rerun`, { workload: { extra: 1 } });
    assert.notEqual(again.execution_id, child);
    const detail = await server.ok("GET", `/api/executions/${again.execution_id}`);
    assert.equal((detail.workload as JsonObject).extra, 1);
    await testWorker(server).drain();
    assert.equal((await ended(server, String(again.execution_id))).status, "COMPLETED");
    assert.equal((await server.call("POST", "/api/executions/987654321/rerun", {})).status, 404);
  });

  it("cleans up what is open for too long, after saying what it would do", async () => {
    const id = await execute(server, "rec/child");
    const ask = (dry_run: boolean) =>
      server.call("POST", "/api/executions/cleanup", { older_than_minutes: 1, dry_run });
    assert.equal(((await ask(true)).body as JsonObject).cancelled_count, 0, "it is too young");
    const text = playbook("rec/child", { start: [] });
    const row = await store.executions.get(id);
    assert.equal(row?.status, "RUNNING");
    const old = { ...row, execution_id: "78", root_execution_id: "78", started_at: Date.now() - 70_000, seq: 0 };
    await testWorker(server).drain();
    await server.close();
    await store.executions.create(old, text);
    server = await startServer({ store, config: { ...quick, roles: ["api"] } });
    assert.deepEqual(((await ask(true)).body as JsonObject).execution_ids, [78]);
    assert.equal((await store.executions.get("78"))?.status, "RUNNING", "a dry run changes nothing");
    const cleaned = await ask(false);
    assert.match(cleaned.text, /"execution_ids":\[78\]/, "integers");
    assert.equal((await ended(server, "78")).status, "CANCELLED");
  });

  async function park(parentId: string): Promise<void> {
    const worker = testWorker(server);
    const command = await worker.next();
    assert.equal(command?.execution_id, parentId);
    if (command) await reportParked(command.claim.command as JsonObject, parentId, worker.id, command.fence);
  }

  function parkedEvents(command: JsonObject) {
    const issued = command.issued as JsonObject;
    const site = { step: "start", run: issued.run ?? 1, command_id: String(command.command_id) };
    const wait = {
      kind: "child",
      path: "rec/child",
      payload: {},
      wait: true,
      return_step: "start",
      return_result: true,
      timeout_ms: 60_000,
      cancel_on_timeout: true,
    };
    // `state` is the pipeline's own; what goes on is an in-test worker that does not read it.
    return [
      { type: "call.parked", ...site, updates: [], wait, state: null },
      { type: "command.completed", ...site, pending_callback: true },
    ];
  }

  async function reportParked(command: JsonObject, id: string, worker_id: string, fence: number): Promise<void> {
    const events = parkedEvents(command).map((event) => ({ step: "start", payload: { event } }));
    await server.ok("POST", "/api/events/batch", { execution_id: id, worker_id, fence, events });
  }

  /** What a server writes whose process ends right behind the commit. */
  async function parkInStore(command: JsonObject, id: string): Promise<void> {
    const seq = (await store.executions.get(id))?.seq ?? 0;
    const ids = server.server.context.ids;
    const events = parkedEvents(command).map((event, index) => ({
      ...event,
      event_id: ids.next(),
      execution_id: id,
      seq: seq + 1 + index,
      ts: Date.now(),
    }));
    await store.log.append({ execution_id: id, expectedSeq: seq, events: events as LogEvent[] });
  }

  async function children(id: string): Promise<string[]> {
    return (await store.executions.list({ parent: id })).map((row) => row.execution_id);
  }

  async function types(id: string): Promise<string[]> {
    return (await store.log.load(id)).map((event) => event.type);
  }
});
