import type { LogEvent } from "@noetl/engine";
import type { Store } from "@noetl/store";
import type { Runs } from "../runs/index.ts";
import { isEnded } from "../wire/execution.ts";

export interface FollowOptions {
  store: Store;
  runs: Runs;
  executionId: string;
  /** only what came after this event */
  since: string | undefined;
  /** how often the log is read without being told: what other servers write is not heard of */
  recheckMs: number;
  signal: AbortSignal;
}

const PAGE = 500;

/**
 * Events of a run as they are stored, in order, whoever wrote them; ends behind the terminal event or when the run is over.
 * `idle` is given in between so that a connection can be kept alive.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<LogEvent | "idle", void> {
  const { store, runs, executionId, signal } = options;
  let since = options.since;
  let seq = 0;
  // Delivery events share the number of the one before: those of the last number may still become more.
  let atLast = new Set<string>();
  let wake: () => void = () => {};
  let stirred = false;
  const unwatch = runs.watchers.watch(executionId, () => {
    stirred = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    while (!signal.aborted) {
      stirred = false;
      const over = isEnded((await store.executions.get(executionId))?.status ?? "COMPLETED");
      for (let full = true; full && !signal.aborted; ) {
        const events = await store.log.load(executionId, { afterSeq: Math.max(0, seq - 1), limit: PAGE + atLast.size });
        full = events.length >= PAGE + atLast.size;
        for (const event of fresh(events)) {
          if (since === undefined) yield event;
          else if (event.event_id === since) since = undefined;
        }
      }
      // An id that is not in this log: everything.
      if (since !== undefined) {
        since = undefined;
        seq = 0;
        atLast = new Set();
        continue;
      }
      if (over) return;
      yield "idle";
      if (!stirred) await pause();
    }
  } finally {
    unwatch();
    signal.removeEventListener("abort", onAbort);
  }

  function* fresh(events: readonly LogEvent[]): Generator<LogEvent, void> {
    for (const event of events) {
      if (event.seq < seq || (event.seq === seq && atLast.has(event.event_id))) continue;
      if (event.seq > seq) {
        seq = event.seq;
        atLast = new Set();
      }
      atLast.add(event.event_id);
      yield event;
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, options.recheckMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stirred || signal.aborted) wake();
    });
  }
}
