import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NewCommand } from "../port/commands.ts";
import type { Store } from "../store.ts";
import { meaning } from "./log.ts";
import { completed, enter, issued, run, stamper, type World } from "./world.ts";

/** What one turn of a server writes at once: a run that begins, a command that is claimed as it is issued, many runs together. */
export function turnsContract(world: () => World, store: () => Store): void {
  const LEASE = 1_000;

  /** A run of one command, claimed for `w` as it is issued. */
  const opening = (changes: Partial<NewCommand> = {}) => {
    const { ids, clock } = world();
    const summary = run(ids, clock, { definition: ids.next() });
    const { execution_id } = summary;
    const stamp = stamper(ids, clock, execution_id);
    const events = [stamp(enter("s")), stamp(issued("s"))];
    const command: NewCommand = {
      event_id: events[1]?.event_id ?? "",
      command_id: "s#1",
      step: "s",
      kind: "noop",
      pool: `p${execution_id}`,
      attempt: 1,
      body: { a: 1 },
      claim: { worker_id: "w", lease_ms: LEASE, event_id: ids.next() },
      ...changes,
    };
    const input = {
      execution_id,
      expectedSeq: 0,
      events,
      commands: [command],
      create: { summary, definition: "text" },
    };
    return { summary, execution_id, stamp, command, input };
  };

  const end = (of: ReturnType<typeof opening>, worker_id = "w", fence = 1) => ({
    execution_id: of.execution_id,
    expectedSeq: 2,
    events: [of.stamp(completed("s"))],
    fence: { event_id: of.command.event_id, worker_id, fence },
  });

  describe("turns", () => {
    test("a run begins with its first events, in one", async () => {
      const { summary, execution_id, input } = opening();
      assert.deepEqual(await store().log.append(input), { appended: 2, seq: 2 });
      assert.deepEqual(await store().executions.get(execution_id), { ...summary, seq: 2 });
      assert.equal(await store().executions.definition(summary.definition), "text");
      assert.deepEqual(await store().log.append(input), { appended: 0, seq: 2 }, "and begins once");
    });

    test("a run whose row is there already begins all the same", async () => {
      const { summary, execution_id, input } = opening();
      await store().executions.create(summary, "text");
      assert.equal((await store().log.append(input)).appended, 2);
      assert.equal((await store().executions.get(execution_id))?.seq, 2);
    });

    test("a run that may not begin leaves nothing", async () => {
      const { execution_id, input } = opening();
      const first = input.events[0];
      assert.ok(first);
      // The same id twice in one append.
      const events = [first, { ...first, seq: 2, type: "execution.cancelled" as const, reason: "r" }];
      const done = await store().log.append({ ...input, events, commands: [] });
      assert.equal(done.appended, 1);
      assert.equal((await store().executions.get(execution_id))?.seq, 1);
    });

    test("a command is claimed as it is issued: with its event, under a lease, for that worker alone", async () => {
      const of = opening();
      await store().log.append(of.input);
      const row = await store().commands.get(of.command.event_id);
      const found = [row?.status, row?.worker_id, row?.fence, row?.claims, row?.heartbeat_at];
      assert.deepEqual(found, ["CLAIMED", "w", 1, 1, null]);
      assert.equal(row?.lease_until, world().clock.now() + LEASE);
      const last = (await store().log.load(of.execution_id)).at(-1);
      assert.deepEqual([last?.type, last?.seq, last?.event_id], ["command.claimed", 2, of.command.claim?.event_id]);
      assert.deepEqual(await store().commands.ready({ pools: [of.command.pool], limit: 9, reserve_ms: 1 }), []);
      const asked = { event_id: of.command.event_id, lease_ms: LEASE };
      const other = await store().commands.claim({ ...asked, worker_id: "other" });
      assert.equal(other.outcome, "active");
      const mine = await store().commands.claim({ ...asked, worker_id: "w" });
      assert.deepEqual(mine.outcome === "claimed" && [mine.again, mine.body], [true, { a: 1 }]);
    });

    test("a worker that was never heard of loses it with the lease, however well it is", async () => {
      const { clock } = world();
      const of = opening({ claim: { worker_id: "deaf", lease_ms: LEASE, event_id: world().ids.next() } });
      await store().log.append(of.input);
      await store().runtimes.register({ name: "deaf", kind: "worker_pool", status: "ready" });
      clock.advance(LEASE + 1);
      const asked = { event_id: of.command.event_id, lease_ms: LEASE, worker_id: "other" };
      const taken = await store().commands.claim(asked);
      assert.equal(taken.outcome === "claimed" && taken.reclaimed?.reason, "lease_expired");
      await assert.rejects(store().log.append(end(of, "deaf")), meaning("conflict"));
    });

    test("who holds the command ends it, and nobody else does", async () => {
      const of = opening();
      await store().log.append(of.input);
      await assert.rejects(store().log.append(end(of, "other")), meaning("conflict"));
      await assert.rejects(store().log.append(end(of, "w", 2)), meaning("conflict"));
      assert.equal((await store().commands.get(of.command.event_id))?.status, "CLAIMED");
      const report = end(of);
      assert.equal((await store().log.append(report)).appended, 1);
      assert.equal((await store().commands.get(of.command.event_id))?.status, "COMPLETED");
      assert.equal((await store().log.append(report)).appended, 0, "a repeat is none");
    });

    test("runs that are written together stand and fall alone", async () => {
      const all = Array.from({ length: 40 }, () => opening());
      const done = await Promise.all(all.map(({ input }) => store().log.append(input)));
      assert.ok(done.every(({ appended, seq }) => appended === 2 && seq === 2));
      const reports = all.map((of, index) => end(of, index % 4 === 3 ? "other" : "w"));
      const settled = await Promise.allSettled(reports.map((report) => store().log.append(report)));
      for (const [index, { status }] of settled.entries()) {
        assert.equal(status, index % 4 === 3 ? "rejected" : "fulfilled", `run ${index}`);
        const { execution_id, command } = all[index] ?? {};
        const row = await store().commands.get(command?.event_id ?? "");
        assert.equal(row?.status, index % 4 === 3 ? "CLAIMED" : "COMPLETED");
        assert.equal((await store().executions.get(execution_id ?? ""))?.seq, index % 4 === 3 ? 2 : 3);
      }
    });

    test("one that was written before spoils nothing for the others", async () => {
      const all = Array.from({ length: 10 }, () => opening());
      await Promise.all(all.slice(0, 3).map(({ input }) => store().log.append(input)));
      const done = await Promise.all(all.map(({ input }) => store().log.append(input)));
      assert.deepEqual(
        done.map(({ appended }) => appended),
        [0, 0, 0, 2, 2, 2, 2, 2, 2, 2],
      );
    });

    test("claims that are asked for together go to one worker each", async () => {
      const ids: string[] = [];
      for (let count = 0; count < 20; count++) {
        const of = opening();
        const { claim: _, ...command } = of.command;
        await store().log.append({ ...of.input, commands: [command] });
        ids.push(command.event_id);
      }
      const claims = ids.flatMap((event_id) =>
        ["a", "b"].map((worker_id) => store().commands.claim({ event_id, worker_id, lease_ms: LEASE })),
      );
      const outcomes = (await Promise.all(claims)).map(({ outcome }) => outcome);
      assert.equal(outcomes.filter((outcome) => outcome === "claimed").length, ids.length);
    });
  });
}
