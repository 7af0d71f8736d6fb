import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bus, openInProcessBus } from "@noetl/bus";
import { systemClock } from "@noetl/core";
import { silent } from "../log.ts";
import { command, gatedTool, startWorker, until } from "../testing/kit.ts";
import { away, testPlane } from "../testing/plane.ts";
import { busSource } from "./bus.ts";
import type { Delivery } from "./source.ts";

const never = new AbortController().signal;

function sourceOver(bus: Bus, over: { open?: () => Promise<Bus>; pools?: string[]; capacity?: number } = {}) {
  const plane = testPlane();
  const source = busSource({
    open: over.open ?? (async () => bus),
    server: plane,
    worker: "w1",
    pools: over.pools ?? ["shared"],
    capacity: over.capacity ?? 2,
    clock: systemClock,
    log: silent,
  });
  return { plane, source };
}

const hint = (id: string, pool = "shared") => ({ execution_id: "1", event_id: id, command_id: id, step: "s", pool });

test("hints of the worker's pools arrive, and come again when they are put off", async () => {
  const bus = openInProcessBus();
  const { source } = sourceOver(bus, { pools: ["shared", "gpu"] });
  const first = source.next(5, never);
  await bus.publish(hint("1", "gpu"));
  await bus.publish(hint("2", "other"));
  const [delivery] = await first;
  assert.deepEqual([delivery?.hint.event_id, delivery?.attempt], ["1", 1]);
  delivery?.later(1);
  const [again] = await source.next(5, never);
  assert.deepEqual([again?.hint.event_id, again?.attempt], ["1", 2]);
  again?.done();
  await source.close();
});

test("closing gives back what nobody took, and waits for what somebody did", async () => {
  const bus = openInProcessBus();
  const { source } = sourceOver(bus);
  const waiting = source.next(1, never);
  await bus.publish(hint("1"));
  await bus.publish(hint("2"));
  const [taken] = await waiting;
  let closed = false;
  const closing = source.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(closed, false);
  taken?.done();
  await closing;
});

test("a broker that is not there is asked again by the next call", async () => {
  const bus = openInProcessBus();
  let tries = 0;
  const open = async () => {
    tries += 1;
    if (tries === 1) throw away();
    return bus;
  };
  const { source } = sourceOver(bus, { open });
  await assert.rejects(source.next(1, never), { code: "SERVER_UNREACHABLE" });
  const stop = new AbortController();
  const second = source.next(1, stop.signal);
  stop.abort();
  assert.deepEqual(await second, []);
  assert.equal(tries, 2);
  await source.close();
});

test("hints that the broker lost are found at the server", async () => {
  const inner = openInProcessBus();
  let gap = () => {};
  const bus: Bus = {
    ...inner,
    subscribe(pools, handler, options) {
      gap = options?.onGap ?? gap;
      return inner.subscribe(pools, handler, options);
    },
  };
  const { source, plane } = sourceOver(bus);
  const found: Delivery[] = [];
  const waiting = source.next(5, never).then((deliveries) => found.push(...deliveries));
  await until("the look at the start", () => plane.calls.includes("poll"));
  await new Promise((resolve) => setTimeout(resolve, 600));
  const row = plane.issue(command("a", "noop"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(found.length, 0);
  gap();
  await waiting;
  assert.deepEqual(
    found.map((delivery) => delivery.hint),
    [row.hint],
  );
  await source.close();
});

test("hints that a dead worker took with it are found when another one starts", async () => {
  const { source, plane } = sourceOver(openInProcessBus());
  const row = plane.issue(command("a", "noop"));
  const [delivery] = await source.next(5, never);
  assert.deepEqual(delivery?.hint, row.hint);
  await source.close();
});

test("a cancel that is announced stops the tool before the next extension is due", async (t) => {
  const bus = openInProcessBus();
  const gated = gatedTool();
  const plane = testPlane();
  // The first extension comes after a second, all later ones after a minute.
  await startWorker(t, {
    plane,
    behaviours: { shell: gated.behaviour },
    heartbeatMs: 60_000,
    source: (server) =>
      busSource({
        open: async () => bus,
        server,
        worker: "w1",
        pools: ["shared"],
        capacity: 2,
        clock: systemClock,
        log: silent,
      }),
  });
  const row = plane.issue(command("a", "shell"));
  await bus.publish({ ...row.hint, pool: "shared" });
  await until("it to run", () => gated.calls === 1);
  await until("the first extension", () => row.extensions === 1);
  row.cancelling = true;
  await bus.announce("cancel.1", {});
  await until("the stop", () => gated.aborted === 1, 900);
});
