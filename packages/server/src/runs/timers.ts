import type { Clock } from "@noetl/core";

/** Wakes runs when their next timer is due. Forgets nothing that matters: timers are part of the state, a sweep sets them again. */
export interface Timers {
  set(executionId: string, timer: { timer: string; at: number } | undefined): void;
  close(): void;
}

const LONGEST = 2 ** 31 - 1;

export function openTimers(clock: Clock, fire: (executionId: string, timer: string) => void): Timers {
  const waiting = new Map<string, { at: number; name: string; handle: NodeJS.Timeout }>();
  const arm = (executionId: string, name: string, at: number) => {
    const handle = setTimeout(
      () => {
        if (clock.now() < at) return arm(executionId, name, at);
        waiting.delete(executionId);
        fire(executionId, name);
      },
      Math.min(Math.max(at - clock.now(), 0), LONGEST),
    );
    handle.unref();
    waiting.set(executionId, { at, name, handle });
  };
  return {
    set(executionId, timer) {
      const known = waiting.get(executionId);
      if (known && timer && known.at === timer.at && known.name === timer.timer) return;
      if (known) {
        clearTimeout(known.handle);
        waiting.delete(executionId);
      }
      if (timer) arm(executionId, timer.timer, timer.at);
    },
    close() {
      for (const { handle } of waiting.values()) clearTimeout(handle);
      waiting.clear();
    },
  };
}
