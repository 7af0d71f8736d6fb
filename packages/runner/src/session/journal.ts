import type { EventBody, LogEvent } from "@noetl/engine";
import type { Host } from "../options.ts";

/**
 * The log of one run on its way to the store. Events are stamped at once and written in groups: before anything with
 * an effect starts, when the run waits, and when enough have come together. `written` is told only what is durable.
 */
export interface Journal {
  stamp(body: EventBody): LogEvent;
  add(event: LogEvent): void;
  readonly full: boolean;
  /** Durable when it resolves; with `durable: false` it is so after a later flush, while the death of the process undoes nothing. */
  flush(options?: { durable?: boolean }): Promise<void>;
}

/** Events that wait at most. More would outlive the young generation of the heap, and fewer are more commits. */
const GROUP = 256;

export function openJournal(host: Host, executionId: string, written: (events: readonly LogEvent[]) => void): Journal {
  let seq = 0;
  let stored = 0;
  let last = 0;
  let waiting: LogEvent[] = [];
  /** among those that wait is the wish to cancel */
  let cancelling = false;
  return {
    stamp(body) {
      // A clock that jumps back must not make an event older than the one before it.
      last = Math.max(last, host.clock.now());
      seq += 1;
      return { ...body, event_id: host.ids.next(), execution_id: executionId, seq, ts: last };
    },
    add(event) {
      waiting.push(event);
      cancelling ||= event.type === "execution.cancel_requested";
    },
    get full() {
      return waiting.length >= GROUP;
    },
    async flush({ durable = true } = {}) {
      if (waiting.length === 0) return;
      const events = waiting;
      const summary = summaryOf(events.at(-1), cancelling);
      waiting = [];
      cancelling = false;
      ({ seq: stored } = await host.store.log.append({
        execution_id: executionId,
        expectedSeq: stored,
        events,
        ...(summary ? { summary } : {}),
        durable,
      }));
      written(events);
    },
  };
}

function summaryOf(last: LogEvent | undefined, cancelling: boolean) {
  if (!last) return undefined;
  if (last.type === "playbook.completed") return { status: "COMPLETED" as const, ended_at: last.ts };
  if (last.type === "playbook.failed")
    return { status: "FAILED" as const, ended_at: last.ts, error: { ...last.error } };
  if (last.type === "execution.cancelled")
    return { status: "CANCELLED" as const, ended_at: last.ts, error: { message: last.reason } };
  return cancelling ? { status: "CANCELLING" as const } : undefined;
}
