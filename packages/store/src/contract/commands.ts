import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NewCommand } from "../port/commands.ts";
import type { Store } from "../store.ts";
import { meaning } from "./log.ts";
import { completed, issued, run, stamper, type World } from "./world.ts";

export function commandsContract(world: () => World, store: () => Store): void {
  const begin = async (count = 1, changes: Partial<NewCommand> = {}) => {
    const summary = run(world().ids, world().clock);
    const { execution_id } = summary;
    await store().executions.create(summary, "text");
    const stamp = stamper(world().ids, world().clock, execution_id);
    const events = Array.from({ length: count }, (_, index) => stamp(issued("s", `s#${index + 1}`)));
    const commands: NewCommand[] = events.map((event, index) => ({
      event_id: event.event_id,
      command_id: `s#${index + 1}`,
      step: "s",
      kind: "noop",
      pool: `p${execution_id}`,
      attempt: 1,
      body: { b: 1, a: [2] },
      meta: { trace: "t" },
      ...changes,
    }));
    await store().log.append({ execution_id, expectedSeq: 0, events, commands });
    const id = commands[0]?.event_id ?? "";
    return { execution_id, stamp, commands, id, pool: `p${execution_id}` };
  };
  const lease_ms = 1_000;

  describe("commands", () => {
    test("are written with their event and handed out with their body", async () => {
      const { id, execution_id } = await begin();
      const row = await store().commands.get(id);
      assert.deepEqual([row?.status, row?.command_id, row?.attempt], ["PENDING", "s#1", 1]);
      const claim = await store().commands.claim({
        event_id: id,
        worker_id: "w",
        lease_ms,
        claimed_event_id: world().ids.next(),
      });
      assert.equal(claim.outcome, "claimed");
      assert.deepEqual(claim.outcome === "claimed" && claim.body, { b: 1, a: [2] });
      assert.deepEqual(claim.command.meta, { trace: "t" });
      const events = await store().log.load(execution_id);
      const last = events.at(-1);
      assert.deepEqual(
        [last?.type, last && "worker_id" in last && last.worker_id, last && "run" in last && last.run],
        ["command.claimed", "w", 1],
      );
      assert.equal((await store().executions.get(execution_id))?.seq, 1);
    });

    test("go to exactly one of many workers", async () => {
      const { id, execution_id } = await begin();
      const other = await world().open();
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store() : other).commands.claim({
            event_id: id,
            worker_id: `w${index}`,
            lease_ms,
            claimed_event_id: world().ids.next(),
          }),
        ),
      );
      if (other !== store()) await other.close();
      assert.equal(claims.filter((claim) => claim.outcome === "claimed").length, 1);
      assert.equal(claims.filter((claim) => claim.outcome === "active").length, 19);
      const notes = await store().log.load(execution_id, { types: ["command.claimed"] });
      assert.equal(notes.length, 1);
    });

    test("are claimed again by their own worker without a new fence", async () => {
      const { id } = await begin();
      const first = await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      const second = await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      assert.equal(second.outcome === "claimed" && second.again, true);
      assert.equal(second.command.fence, first.command.fence);
    });

    test("go to another worker when the lease lapsed, and the first one is fenced off", async () => {
      const { id, execution_id, stamp } = await begin();
      const first = await store().commands.claim({ event_id: id, worker_id: "w1", lease_ms });
      world().clock.advance(lease_ms - 1);
      assert.equal((await store().commands.claim({ event_id: id, worker_id: "w2", lease_ms })).outcome, "active");
      world().clock.advance(1);
      const second = await store().commands.claim({ event_id: id, worker_id: "w2", lease_ms });
      assert.deepEqual(second.outcome === "claimed" && second.reclaimed, { from: "w1", reason: "lease_expired" });
      const beat = await store().commands.heartbeat({
        event_id: id,
        worker_id: "w1",
        fence: first.command.fence,
        lease_ms,
      });
      assert.deepEqual(beat, { held: false, status: "CLAIMED" });
      const report = (worker_id: string, fence?: number) =>
        store().log.append({
          execution_id,
          expectedSeq: 1,
          events: [stamp(completed("s", "s#1"))],
          fence: { event_id: id, worker_id, ...(fence === undefined ? {} : { fence }) },
        });
      await assert.rejects(report("w1", first.command.fence), meaning("conflict", "FENCED"));
      await assert.rejects(report("w1"), meaning("conflict", "FENCED"));
      await assert.rejects(report("w2", first.command.fence), meaning("conflict", "FENCED"));
      assert.equal((await report("w2", second.command.fence)).appended, 1);
      assert.equal((await store().commands.get(id))?.status, "COMPLETED");
    });

    test("stay with a worker that sends heartbeats", async () => {
      const { id } = await begin();
      await store().commands.claim({ event_id: id, worker_id: "w1", lease_ms });
      for (let beat = 0; beat < 3; beat++) {
        world().clock.advance(lease_ms - 1);
        const { held, status } = await store().commands.heartbeat({ event_id: id, worker_id: "w1", lease_ms });
        assert.deepEqual([held, status], [true, "RUNNING"]);
      }
      assert.equal((await store().commands.claim({ event_id: id, worker_id: "w2", lease_ms })).outcome, "active");
    });

    test("of a healthy worker are protected, but not for ever", async () => {
      const { id } = await begin();
      const worker = `healthy-${id}`;
      await store().runtimes.register({ kind: "worker_pool", name: worker });
      await store().commands.claim({ event_id: id, worker_id: worker, lease_ms });
      const later = async (ms: number) => {
        world().clock.advance(ms);
        await store().runtimes.heartbeat("worker_pool", worker);
        return store().commands.claim({ event_id: id, worker_id: "other", lease_ms, hard_ms: 60_000 });
      };
      const early = await later(59_000);
      assert.deepEqual(early.outcome === "active" && early.reason, "healthy_worker");
      const late = await later(1_000);
      assert.deepEqual(late.outcome === "claimed" && late.reclaimed?.reason, "healthy_worker_hard_timeout");
    });

    test("of a silent or departed worker are taken", async () => {
      for (const [ms, leave, reason] of [
        [31_000, false, "worker_heartbeat_stale"],
        [lease_ms, true, "worker_inactive"],
      ] as const) {
        const { id } = await begin();
        const worker = `w-${id}`;
        await store().runtimes.register({ kind: "worker_pool", name: worker });
        await store().commands.claim({ event_id: id, worker_id: worker, lease_ms });
        world().clock.advance(ms);
        if (leave) await store().runtimes.deregister("worker_pool", worker);
        const claim = await store().commands.claim({ event_id: id, worker_id: "other", lease_ms });
        assert.equal(claim.outcome === "claimed" && claim.reclaimed?.reason, reason);
      }
    });

    test("never leave a terminal state", async () => {
      const { id, execution_id, stamp } = await begin();
      await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      await store().log.append({ execution_id, expectedSeq: 1, events: [stamp(completed("s", "s#1"))] });
      await store().log.append({
        execution_id,
        expectedSeq: 2,
        events: [stamp({ type: "command.failed", step: "s", run: 1, command_id: "s#1" })],
      });
      assert.equal((await store().commands.get(id))?.status, "COMPLETED");
      const claim = await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      assert.equal(claim.outcome, "terminal");
      assert.equal((await store().commands.heartbeat({ event_id: id, worker_id: "w", lease_ms })).held, false);
    });

    test("left open are cancelled with the end of the run", async () => {
      const { id, execution_id, stamp, commands } = await begin(2);
      await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      await store().log.append({
        execution_id,
        expectedSeq: 2,
        events: [stamp({ type: "execution.cancelled", reason: "stop" })],
      });
      for (const { event_id } of commands) assert.equal((await store().commands.get(event_id))?.status, "CANCELLED");
      assert.equal((await store().commands.claim({ event_id: id, worker_id: "x", lease_ms })).outcome, "terminal");
    });

    test("issued again replace the lost one", async () => {
      const { id, execution_id, stamp } = await begin();
      const held = await store().commands.claim({ event_id: id, worker_id: "lost", lease_ms });
      const again = stamp(issued("s", "s#1", 2));
      await store().log.append({
        execution_id,
        expectedSeq: 1,
        events: [again],
        commands: [{ event_id: again.event_id, command_id: "s#1", step: "s", kind: "noop", pool: "x", attempt: 2 }],
      });
      assert.equal((await store().commands.get(id))?.status, "CANCELLED");
      assert.equal((await store().commands.find(execution_id, "s#1"))?.event_id, again.event_id);
      assert.equal((await store().commands.list({ execution_id, status: ["PENDING"] })).length, 1);
      const late = store().log.append({
        execution_id,
        expectedSeq: 2,
        events: [stamp(completed("s", "s#1"))],
        fence: { event_id: id, worker_id: "lost", fence: held.command.fence },
      });
      await assert.rejects(late, meaning("conflict", "FENCED"));
    });

    test("given back are free for the next worker", async () => {
      const { id } = await begin();
      await store().commands.claim({ event_id: id, worker_id: "w1", lease_ms });
      assert.equal(await store().commands.release({ event_id: id, worker_id: "w2" }), false);
      assert.equal(await store().commands.release({ event_id: id, worker_id: "w1" }), true);
      assert.equal((await store().commands.claim({ event_id: id, worker_id: "w2", lease_ms })).outcome, "claimed");
    });

    test("are offered oldest first, to one poller at a time, and again when a lease lapsed", async () => {
      const { pool, commands, id } = await begin(3);
      const poll = (limit: number) => store().commands.ready({ pools: [pool], limit, reserve_ms: 5_000 });
      const ids = commands.map((command) => command.event_id);
      assert.deepEqual(
        (await poll(2)).map((row) => row.event_id),
        ids.slice(0, 2),
      );
      assert.deepEqual(
        (await poll(5)).map((row) => row.event_id),
        ids.slice(2),
      );
      assert.deepEqual(await poll(5), []);
      world().clock.advance(5_000);
      await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      assert.deepEqual(
        (await poll(5)).map((row) => row.event_id),
        ids.slice(1),
      );
      world().clock.advance(lease_ms);
      assert.deepEqual(
        (await poll(5)).map((row) => row.event_id),
        [id],
      );
      assert.deepEqual(await store().commands.ready({ pools: ["elsewhere"], limit: 5, reserve_ms: 1 }), []);
    });

    test("that nobody takes or whose worker is silent are found, and counted by pool", async () => {
      const { pool, commands, id } = await begin(2);
      await store().commands.claim({ event_id: id, worker_id: "w", lease_ms });
      world().clock.advance(60_000);
      const stalled = await store().commands.stalled({ pending_ms: 60_000, limit: 1_000 });
      const own = stalled.filter((row) => row.pool === pool).map((row) => row.event_id);
      assert.deepEqual(own.sort(), commands.map((command) => command.event_id).sort());
      const depth = (await store().commands.depth()).find((item) => item.pool === pool);
      assert.deepEqual(depth, { pool, pending: 1, running: 1 });
    });

    test("unknown are not found", async () => {
      await assert.rejects(store().commands.claim({ event_id: "42", worker_id: "w", lease_ms }), meaning("not_found"));
      await assert.rejects(
        store().commands.heartbeat({ event_id: "42", worker_id: "w", lease_ms }),
        meaning("not_found"),
      );
    });
  });
}
