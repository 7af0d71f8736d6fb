import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isNoetlError } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import type { Store } from "../store.ts";
import { completed, enter, issued, run, stamper, type World } from "./world.ts";

export const meaning = (expected: string, code?: string) => (error: unknown) =>
  isNoetlError(error) && error.meaning === expected && (code === undefined || error.code === code);

export function logContract(world: () => World, store: () => Store): void {
  const begin = async () => {
    const summary = run(world().ids, world().clock);
    await store().executions.create(summary, "kind: Playbook");
    const { execution_id } = summary;
    return { execution_id, stamp: stamper(world().ids, world().clock, execution_id) };
  };

  describe("event log", () => {
    test("gives back what was appended, in order, byte for byte", async () => {
      const { execution_id, stamp } = await begin();
      const body = { z: 1, a: [{ y: "\u0000é😀", b: null }], "10": 1.5, big: "123456789012345678901" };
      const events: LogEvent[] = [
        stamp(enter("s")),
        stamp({ type: "step.enter", step: "t", run: 1, from: [], input: body }),
      ];
      const result = await store().log.append({ execution_id, expectedSeq: 0, events });
      assert.deepEqual(result, { appended: 2, seq: 2 });
      const loaded = await store().log.load(execution_id);
      assert.deepEqual(loaded, events);
      const second = loaded[1];
      assert.equal(second && "input" in second && JSON.stringify(second.input), JSON.stringify(body));
    });

    test("appends the same events once", async () => {
      const { execution_id, stamp } = await begin();
      const events = [stamp(enter("s")), stamp(issued("s"))];
      await store().log.append({ execution_id, expectedSeq: 0, events });
      const again = await store().log.append({ execution_id, expectedSeq: 0, events });
      assert.deepEqual(again, { appended: 0, seq: 2 });
      assert.equal((await store().log.load(execution_id)).length, 2);
    });

    test("stores the new part of a batch whose beginning is known", async () => {
      const { execution_id, stamp } = await begin();
      const first = stamp(enter("s"));
      const second = stamp(issued("s"));
      await store().log.append({ execution_id, expectedSeq: 0, events: [first] });
      const result = await store().log.append({ execution_id, expectedSeq: 1, events: [first, second] });
      assert.deepEqual(result, { appended: 1, seq: 2 });
      assert.deepEqual(
        (await store().log.load(execution_id)).map((event) => event.seq),
        [1, 2],
      );
    });

    test("refuses a writer who has not seen the latest event, and stores nothing of it", async () => {
      const { execution_id, stamp } = await begin();
      await store().log.append({ execution_id, expectedSeq: 0, events: [stamp(enter("s"))] });
      const late = stamper(world().ids, world().clock, execution_id);
      await assert.rejects(
        store().log.append({
          execution_id,
          expectedSeq: 0,
          events: [late(enter("other"))],
          summary: { status: "FAILED" },
        }),
        meaning("conflict", "LOG_MOVED"),
      );
      assert.equal((await store().log.load(execution_id)).length, 1);
      assert.equal((await store().executions.get(execution_id))?.status, "RUNNING");
    });

    test("lets exactly one of two concurrent writers through", async () => {
      const { execution_id } = await begin();
      const writers = Array.from({ length: 8 }, (_, index) =>
        store().log.append({
          execution_id,
          expectedSeq: 0,
          events: [stamper(world().ids, world().clock, execution_id)(enter(`w${index}`))],
        }),
      );
      const outcomes = await Promise.allSettled(writers);
      assert.equal(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 1);
      assert.equal((await store().log.load(execution_id)).length, 1);
    });

    test("keeps one terminal event of a run and one end of a command", async () => {
      const { execution_id, stamp } = await begin();
      await store().log.append({
        execution_id,
        expectedSeq: 0,
        events: [stamp(completed("s")), stamp({ type: "playbook.completed", result: { data: null } })],
      });
      const again = await store().log.append({
        execution_id,
        expectedSeq: 2,
        events: [stamp(completed("s")), stamp({ type: "execution.cancelled", reason: "late" })],
      });
      assert.equal(again.appended, 0);
    });

    test("refuses an unknown execution", async () => {
      const stamp = stamper(world().ids, world().clock, "42");
      await assert.rejects(
        store().log.append({ execution_id: "42", expectedSeq: 0, events: [stamp(enter("s"))] }),
        meaning("not_found"),
      );
    });

    test("loads from a position, by type, and up to a limit", async () => {
      const { execution_id, stamp } = await begin();
      const events = [stamp(enter("a")), stamp(issued("a")), stamp(completed("a")), stamp(enter("b"))];
      await store().log.append({ execution_id, expectedSeq: 0, events });
      const { log } = store();
      assert.deepEqual(await log.load(execution_id, { afterSeq: 2 }), events.slice(2));
      assert.deepEqual(await log.load(execution_id, { limit: 1 }), events.slice(0, 1));
      assert.deepEqual(await log.load(execution_id, { types: ["step.enter"] }), [events[0], events[3]]);
      assert.deepEqual(await log.load(execution_id, { types: [] }), []);
    });

    test("takes delivery events without moving the head of the run", async () => {
      const { execution_id, stamp } = await begin();
      const before = stamp(issued("a"));
      await store().log.append({ execution_id, expectedSeq: 0, events: [before] });
      const started = stamper(
        world().ids,
        world().clock,
        execution_id,
      )({
        type: "command.started",
        step: "a",
        run: 1,
        command_id: "a#1",
        worker_id: "w",
      });
      assert.deepEqual(await store().log.note(execution_id, [started]), { appended: 1 });
      assert.deepEqual(await store().log.note(execution_id, [started]), { appended: 0 });
      const after = stamp(completed("a"));
      await store().log.append({ execution_id, expectedSeq: 1, events: [after] });
      const loaded = await store().log.load(execution_id);
      assert.deepEqual(
        loaded.map((event) => [event.type, event.seq]),
        [
          ["command.issued", 1],
          ["command.started", 1],
          ["command.completed", 2],
        ],
      );
    });

    test("gives an event before the delivery events that share its seq, whoever had its id first", async () => {
      const { execution_id, stamp } = await begin();
      const note = stamper(world().ids, world().clock, execution_id);
      const early = note({ type: "command.claimed", step: "b", run: 1, command_id: "b#1", worker_id: "w" });
      await store().log.append({ execution_id, expectedSeq: 0, events: [stamp(issued("a"))] });
      await store().log.note(execution_id, [early]);
      const first = await store().log.load(execution_id, { limit: 1 });
      assert.deepEqual(
        first.map(({ type }) => type),
        ["command.issued"],
      );
    });

    test("refuses to note an event that decides something", async () => {
      const { execution_id, stamp } = await begin();
      await assert.rejects(store().log.note(execution_id, [stamp(completed("a"))]), meaning("validation"));
    });

    test("many appends at once all arrive", async () => {
      const runs = await Promise.all(Array.from({ length: 40 }, begin));
      await Promise.all(
        runs.map(async ({ execution_id, stamp }) => {
          for (let seq = 0; seq < 5; seq++) {
            await store().log.append({ execution_id, expectedSeq: seq, events: [stamp(enter(`s${seq}`))] });
          }
        }),
      );
      for (const { execution_id } of runs) assert.equal((await store().log.load(execution_id)).length, 5);
    });
  });
}
