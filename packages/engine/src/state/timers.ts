import type { CallState } from "./call.ts";
import { heap } from "./heap.ts";
import type { StepRun } from "./step-run.ts";

/** What a timer ends when it fires. */
export type TimerTarget =
  | { kind: "execution" }
  | { kind: "grace" }
  | { kind: "deadline"; run: StepRun }
  /** the wait of a parked call */
  | { kind: "wait"; call: CallState }
  /** the step's `timeout_seconds` of a call that is parked */
  | { kind: "timeout"; call: CallState };

export interface Timers {
  set(name: string, at: number, target: TimerTarget): void;
  /** Removes it; `undefined` = not set, or fired already. */
  take(name: string): TimerTarget | undefined;
  next(): { timer: string; at: number } | undefined;
  clear(): void;
}

export function timers(): Timers {
  const set = new Map<string, { at: number; target: TimerTarget }>();
  let order = heap<string>();
  return {
    set(name, at, target) {
      set.set(name, { at, target });
      // Timers that were taken leave a dead entry behind; a long run must not collect them.
      if (order.size > 64 && order.size > 2 * set.size) {
        order = heap();
        for (const [each, { at: due }] of set) order.push(due, each);
      } else {
        order.push(at, name);
      }
    },
    take(name) {
      const timer = set.get(name);
      set.delete(name);
      return timer?.target;
    },
    next() {
      for (let top = order.peek(); top !== undefined; top = order.peek()) {
        if (set.get(top.value)?.at === top.key) return { timer: top.value, at: top.key };
        order.pop();
      }
      return undefined;
    },
    clear() {
      set.clear();
      order.clear();
    },
  };
}
