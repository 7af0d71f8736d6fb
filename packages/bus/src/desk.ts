import type { Clock } from "@noetl/core";
import type { Handler, Hint, Outcome, SubscribeOptions, Subscription } from "./bus.ts";

/** More than this many waiting hints are dropped, oldest first: the store still knows every command. */
const CAPACITY = 100_000;
const AFTER_FAILURE = 1_000;

interface Waiting {
  hint: Hint;
  attempt: number;
}

interface Desk {
  pools: ReadonlySet<string>;
  handler: Handler;
  options: SubscribeOptions;
  free: number;
  running: Set<Promise<void>>;
  stop: AbortController;
}

/** Queues of one process and those who work them off, each hint by one subscriber. Adapters without a broker share it. */
export interface Desks {
  push(hint: Hint, attempt?: number): void;
  subscribe(pools: readonly string[], handler: Handler, options: SubscribeOptions): Subscription;
  /** Tells every subscriber that hints were lost. */
  gap(): void;
  depth(): { pool: string; waiting: number; in_flight: number }[];
  close(): Promise<void>;
}

/** `keep: false` drops hints of pools that nobody here subscribes to (every process hears of all of them). */
export function desks(clock: Clock, keep: boolean): Desks {
  const queues = new Map<string, Waiting[]>();
  const working = new Map<string, number>();
  const open = new Set<Desk>();
  const closing = new AbortController();

  const count = (pool: string, by: number) => working.set(pool, (working.get(pool) ?? 0) + by);

  const dispatch = (pool: string) => {
    const queue = queues.get(pool);
    while (queue && queue.length > 0) {
      // The least busy first, so that one subscriber does not take all.
      const [desk] = [...open].filter((item) => item.free > 0 && item.pools.has(pool)).sort((a, b) => b.free - a.free);
      const next = desk && queue.shift();
      if (!desk || !next) return;
      start(desk, pool, next);
    }
  };

  const start = (desk: Desk, pool: string, { hint, attempt }: Waiting) => {
    desk.free -= 1;
    count(pool, 1);
    const work = desk
      .handler({ hint, attempt, signal: desk.stop.signal })
      .catch((): Outcome => ({ again: AFTER_FAILURE }))
      .then((outcome) => {
        desk.free += 1;
        count(pool, -1);
        desk.running.delete(work);
        if (typeof outcome === "object") later(hint, attempt + 1, outcome.again);
        for (const each of desk.pools) dispatch(each);
      });
    desk.running.add(work);
  };

  const later = (hint: Hint, attempt: number, delay: number) => {
    clock.sleep(delay, closing.signal).then(
      () => push(hint, attempt),
      // Closed meanwhile: the store still knows the command.
      () => undefined,
    );
  };

  const gap = () => {
    for (const desk of open) desk.options.onGap?.();
  };

  const push = (hint: Hint, attempt = 1) => {
    if (closing.signal.aborted) return;
    const { pool } = hint;
    if (!keep && ![...open].some((desk) => desk.pools.has(pool))) return;
    const queue = queues.get(pool) ?? [];
    queues.set(pool, queue);
    queue.push({ hint, attempt });
    if (queue.length > CAPACITY) {
      queue.shift();
      gap();
    }
    dispatch(pool);
  };

  const leave = async (desk: Desk) => {
    open.delete(desk);
    desk.stop.abort();
    await Promise.all(desk.running);
  };

  return {
    push,
    gap,
    subscribe(pools, handler, options) {
      const free = options.inFlight ?? 1;
      const desk: Desk = {
        pools: new Set(pools),
        handler,
        options,
        free,
        running: new Set(),
        stop: new AbortController(),
      };
      open.add(desk);
      for (const pool of pools) {
        if (!queues.has(pool)) queues.set(pool, []);
        dispatch(pool);
      }
      return { close: () => leave(desk) };
    },
    depth: () =>
      [...queues].map(([pool, queue]) => ({ pool, waiting: queue.length, in_flight: working.get(pool) ?? 0 })),
    async close() {
      closing.abort();
      await Promise.all([...open].map(leave));
    },
  };
}
