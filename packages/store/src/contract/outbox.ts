import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Store } from "../store.ts";
import { enter, run, stamper, type World } from "./world.ts";

export function outboxContract(world: () => World, store: () => Store): void {
  const drain = async () => {
    // Long enough for whatever an earlier test left in flight or waiting.
    world().clock.advance(300_000);
    for (let rows = await store().outbox.take(500); rows.length > 0; rows = await store().outbox.take(500)) {
      await store().outbox.published(rows.map((row) => row.outbox_id));
    }
  };
  const write = async (count: number, delay_ms = 0) => {
    await drain();
    const summary = run(world().ids, world().clock);
    const { execution_id } = summary;
    await store().executions.create(summary, "text");
    const stamp = stamper(world().ids, world().clock, execution_id);
    const events = Array.from({ length: count }, () => stamp(enter("s")));
    const outbox = events.map(({ event_id }) => ({
      event_id,
      subject: "noetl.commands.shared",
      payload: { event_id },
      delay_ms,
    }));
    await store().log.append({ execution_id, expectedSeq: 0, events, outbox });
    return {
      execution_id,
      ids: events.map((event) => event.event_id),
      append: { execution_id, expectedSeq: 0, events, outbox },
    };
  };
  const events = (rows: { event_id: string }[]) => rows.map((row) => row.event_id);

  describe("outbox", () => {
    test("hands messages out in order, each to one publisher", async () => {
      const { ids } = await write(5);
      const [first, second] = await Promise.all([store().outbox.take(3), store().outbox.take(3)]);
      assert.deepEqual([...events(first), ...events(second)].sort(), [...ids].sort());
      assert.deepEqual(events(first), [...events(first)].sort());
      assert.deepEqual(first[0]?.payload, { event_id: first[0]?.event_id });
      assert.deepEqual(await store().outbox.take(3), []);
    });

    test("is written once with its events", async () => {
      const { append, ids } = await write(2);
      await store().log.append(append);
      assert.deepEqual(events(await store().outbox.take(10)), ids);
    });

    test("waits for the direct publish", async () => {
      const { execution_id, ids } = await write(2, 2_000);
      assert.deepEqual(await store().outbox.take(10), []);
      await store().outbox.publishedEvents(ids.slice(0, 1).map((event_id) => ({ execution_id, event_id })));
      world().clock.advance(2_000);
      assert.deepEqual(events(await store().outbox.take(10)), ids.slice(1));
    });

    test("tries again later and later", async () => {
      const { ids } = await write(1);
      for (const wait of [1_000, 2_000, 4_000]) {
        const [row] = await store().outbox.take(1);
        assert.equal(row?.event_id, ids[0]);
        await store().outbox.failed(row?.outbox_id ?? "", "broker away");
        world().clock.advance(wait - 1);
        assert.deepEqual(await store().outbox.take(1), []);
        world().clock.advance(1);
      }
    });

    test("gives up after twenty attempts and says so", async () => {
      await write(1);
      const before = (await store().outbox.depth()).dead;
      for (let attempt = 0; attempt < 20; attempt++) {
        const [row] = await store().outbox.take(1);
        assert.equal(row?.attempts, attempt + 1);
        await store().outbox.failed(row?.outbox_id ?? "", "too large");
        world().clock.advance(300_000);
      }
      assert.deepEqual(await store().outbox.take(1), []);
      assert.equal((await store().outbox.depth()).dead, before + 1);
    });

    test("takes back what a dead publisher held, and what a closing one released", async () => {
      const { ids } = await write(1);
      await store().outbox.take(1);
      world().clock.advance(59_999);
      assert.deepEqual(await store().outbox.take(1), []);
      world().clock.advance(1);
      const [row] = await store().outbox.take(1);
      assert.equal(row?.event_id, ids[0]);
      await store().outbox.release([row?.outbox_id ?? ""]);
      assert.deepEqual(events(await store().outbox.take(1)), ids);
    });

    test("forgets what was published long ago", async () => {
      await write(3);
      await drain();
      assert.ok((await store().outbox.purge(world().clock.now() + 1)) >= 3);
      assert.equal(await store().outbox.purge(world().clock.now() + 1), 0);
    });
  });
}
