import type { Clock } from "@noetl/core";

/**
 * Time that stands still while anything runs, and jumps to the next timer when nothing does. While it is installed, the
 * timers of this process are its timers.
 */
export interface VirtualTime {
  clock: Clock;
  /** Something outside the event loop's turns is going on; given back when it has ended. */
  begin(): () => void;
  /** `job` after `ms`. */
  after(ms: number, job: () => void): void;
  /** Until `done`, at the latest at `limit` (ms since 1970). False when it came to the limit, or when no timer is left. */
  run(done: () => boolean, limit: number): Promise<boolean>;
  install(): () => void;
}

interface Timer {
  at: number;
  order: number;
  job: () => void;
  every: number | undefined;
  dead: boolean;
}

/** Turns of the event loop without anything going on, after which nothing is going on. */
const QUIET = 2;

/** `elsewhere`: is something going on that `begin` is not told of? */
export function virtualTime(start: number, elsewhere: () => boolean = () => false): VirtualTime {
  const timers: Timer[] = [];
  let now = start;
  let order = 0;
  let busy = 0;

  function add(ms: number, job: () => void, every?: number): Timer {
    order += 1;
    const timer = { at: now + Math.max(0, ms), order, job, every, dead: false };
    push(timers, timer);
    return timer;
  }

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = busy === 0 && !elsewhere() ? quiet + 1 : 0;
    }
  }

  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer = add(ms, () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        });
        const stop = () => {
          timer.dead = true;
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };

  return {
    clock,
    begin() {
      busy += 1;
      return () => {
        busy -= 1;
      };
    },
    after: (ms, job) => void add(ms, job),
    async run(done, limit) {
      await settle();
      while (!done()) {
        const timer = pop(timers);
        if (!timer) return false;
        if (timer.dead) continue;
        if (timer.at > limit) {
          push(timers, timer);
          now = limit;
          return false;
        }
        now = Math.max(now, timer.at);
        timer.job();
        if (timer.every !== undefined && !timer.dead) {
          order += 1;
          timer.at = now + timer.every;
          timer.order = order;
          push(timers, timer);
        }
        await settle();
      }
      return true;
    },
    install() {
      const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
      const handle = (timer: Timer) =>
        Object.assign(timer, { unref: () => timer, ref: () => timer, hasRef: () => true, [Symbol.dispose]: () => {} });
      const make = (job: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
        handle(add(ms, () => job(...args)));
      const repeat = (job: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
        handle(add(ms, () => job(...args), Math.max(1, ms)));
      const clear = (timer: unknown) => {
        if (typeof timer === "object" && timer !== null && "dead" in timer) timer.dead = true;
      };
      Object.assign(globalThis, { setTimeout: make, setInterval: repeat, clearTimeout: clear, clearInterval: clear });
      return () => {
        Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
      };
    },
  };
}

function before(a: Timer, b: Timer): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  heap.push(timer);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (!parent || !before(timer, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const a = heap[left];
    if (!a) break;
    const b = heap[right];
    const [next, child] = b && before(b, a) ? [right, b] : [left, a];
    if (!before(child, last)) break;
    heap[at] = child;
    at = next;
  }
  heap[at] = last;
  return first;
}
