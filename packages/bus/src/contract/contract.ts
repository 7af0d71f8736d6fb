import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus, Delivery, Hint, Outcome } from "../bus.ts";

let next = 900_000_000_000_000_000n;

export function hint(pool: string, changes: Partial<Hint> = {}): Hint {
  next += 1n;
  const id = next.toString();
  return { execution_id: id, event_id: id, command_id: "s#1", step: "s", pool, ...changes };
}

/** Waits for what must come; a bus that never delivers fails by this, not by the length of a sleep. */
export async function until(condition: () => boolean, what: string, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `never: ${what}`);
    await sleep(5);
  }
}

/** What every bus must do. `open` gives buses of different processes over the same broker. */
export function busContract(
  name: string,
  make: () => Promise<{ open: () => Promise<Bus>; close: () => Promise<void>; shared: boolean }>,
): void {
  describe(`bus contract: ${name}`, () => {
    let world: Awaited<ReturnType<typeof make>> | undefined;
    const opened: Bus[] = [];
    before(async () => {
      world = await make();
    });
    after(async () => {
      await Promise.all(opened.map((bus) => bus.close()));
      await world?.close();
    });
    const open = async () => {
      assert.ok(world);
      const bus = await world.open();
      opened.push(bus);
      return bus;
    };
    let pools = 0;
    const pool = () => `${name}-${process.pid}-${++pools}`;

    /** Subscribes and keeps what came. */
    const collect = async (
      bus: Bus,
      own: string,
      answer: (delivery: Delivery) => Outcome | Promise<Outcome> = () => "ack",
      inFlight = 4,
    ) => {
      const got: Delivery[] = [];
      const trouble: Error[] = [];
      const subscription = await bus.subscribe(
        [own],
        async (delivery) => {
          got.push(delivery);
          return answer(delivery);
        },
        { inFlight, onTrouble: (error) => void trouble.push(error) },
      );
      return { got, trouble, subscription };
    };

    test("brings every hint to a subscriber of its pool, whole", async () => {
      const bus = await open();
      const own = pool();
      const { got, subscription } = await collect(bus, own);
      const sent = [hint(own, { server_url: "http://s", trace: { traceparent: "00" } }), hint(own), hint(pool())];
      for (const each of sent) await bus.publish(each);
      await until(() => got.length === 2, "two hints");
      const seen = got.map((delivery) => delivery.hint).sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
      assert.deepEqual(seen, sent.slice(0, 2));
      await subscription.close();
    });

    test("gives a hint to one of the subscribers of a process", async () => {
      const bus = await open();
      const own = pool();
      const first = await collect(bus, own);
      const second = await collect(bus, own);
      for (let index = 0; index < 20; index++) await bus.publish(hint(own));
      await until(() => first.got.length + second.got.length >= 20, "twenty hints");
      await sleep(50);
      assert.equal(first.got.length + second.got.length, 20);
      await Promise.all([first.subscription.close(), second.subscription.close()]);
    });

    test("delivers again after a delay when the handler asks or fails, and counts", async () => {
      const bus = await open();
      const own = pool();
      const { got, trouble, subscription } = await collect(bus, own, ({ attempt }) => {
        if (attempt === 1) return { again: 20 };
        if (attempt === 2) throw new Error("worker broke");
        return "ack";
      });
      await bus.publish(hint(own));
      await until(() => got.length >= 3, "three deliveries");
      await sleep(50);
      const attempts = got.map((delivery) => delivery.attempt);
      // A broker that lost its consumer meanwhile counts anew; the store, not the count, knows what is done.
      if (trouble.length === 0) assert.deepEqual(attempts, [1, 2, 3]);
      else assert.equal(attempts[0], 1);
      await subscription.close();
    });

    test("does not deliver again what was refused", async () => {
      const bus = await open();
      const own = pool();
      const { got, subscription } = await collect(bus, own, () => "term");
      await bus.publish(hint(own));
      await until(() => got.length === 1, "a delivery");
      await sleep(100);
      assert.equal(got.length, 1);
      await subscription.close();
    });

    test("never runs more handlers than asked for, and goes on when one is free", async () => {
      const bus = await open();
      const own = pool();
      let running = 0;
      let most = 0;
      let open_ = false;
      const { got, subscription } = await collect(
        bus,
        own,
        async () => {
          most = Math.max(most, ++running);
          await until(() => open_, "the gate");
          running -= 1;
          return "ack" as const;
        },
        3,
      );
      for (let index = 0; index < 9; index++) await bus.publish(hint(own));
      await until(() => got.length === 3, "three handlers");
      await sleep(100);
      assert.equal(got.length, 3);
      const depth = (await bus.depth()).find((item) => item.pool === own);
      assert.deepEqual(depth && depth.waiting + depth.in_flight, 9);
      open_ = true;
      await until(() => got.length === 9, "all nine");
      assert.equal(most, 3);
      await subscription.close();
    });

    test("stands repeated hints", async () => {
      const bus = await open();
      const own = pool();
      const { got, subscription } = await collect(bus, own);
      const same = hint(own);
      await bus.publish(same);
      await bus.publish(same);
      await until(() => got.length === 2, "both");
      await subscription.close();
    });

    test("closing tells handlers and waits for them", async () => {
      const bus = await open();
      const own = pool();
      let ended = false;
      const { got, subscription } = await collect(bus, own, async ({ signal }) => {
        await until(() => signal.aborted, "the signal");
        ended = true;
        return "ack" as const;
      });
      await bus.publish(hint(own));
      await until(() => got.length === 1, "a delivery");
      await subscription.close();
      assert.equal(ended, true);
    });

    test("announces to everyone who listens", async () => {
      const bus = await open();
      const other = world?.shared ? await open() : bus;
      const topic = `cancel.${pool()}`;
      const heard: unknown[] = [];
      const one = await bus.listen(topic, (payload) => heard.push(payload));
      const two = await other.listen(topic, (payload) => heard.push(payload));
      await bus.announce(topic, { reason: "é" });
      await until(() => heard.length === 2, "two listeners");
      assert.deepEqual(heard, [{ reason: "é" }, { reason: "é" }]);
      await Promise.all([one.close(), two.close()]);
      await bus.announce(topic, {});
      await sleep(50);
      assert.equal(heard.length, 2);
    });

    test("forwards rows of the outbox", async () => {
      const bus = await open();
      const own = pool();
      const { got, subscription } = await collect(bus, own);
      const { pool: _, ...payload } = hint(own);
      await bus.forward({
        subject: `noetl.commands.${own}.1`,
        payload: { ...payload, execution_pool: own },
        id: payload.event_id,
      });
      await until(() => got.length === 1, "the forwarded hint");
      assert.deepEqual(got[0]?.hint, { ...payload, pool: own });
      await bus.forward({ subject: "noetl.events.default.default.1.0", payload: { event_type: "x" }, id: "1" });
      await subscription.close();
    });

    test("reaches subscribers of another process", async (context) => {
      if (!world?.shared) return context.skip("one process by nature");
      const [one, two] = [await open(), await open()];
      const own = pool();
      const { got, subscription } = await collect(two, own);
      await one.publish(hint(own));
      await until(() => got.length === 1, "the hint");
      await subscription.close();
    });
  });
}
