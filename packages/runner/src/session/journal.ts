import type { EventBody, LogEvent } from "@noetl/engine";
import type { Host } from "../options.ts";

/**
 * The log of one run on its way to the store. Events are stamped at once and written in groups: before anything with
 * an effect starts, when the run waits, and when enough have come together. `written` is told only what is durable.
 */
export interface Journal {
  stamp(body: EventBody): LogEvent;
  add(events: readonly LogEvent[]): void;
  readonly full: boolean;
  flush(): Promise<void>;
}

/** Events that wait at most: each group is a commit that waits for the disk, and this many are half a megabyte. */
const GROUP = 2_048;

export function openJournal(host: Host, executionId: string, written: (events: readonly LogEvent[]) => void): Journal {
  let seq = 0;
  let durable = 0;
  let last = 0;
  let waiting: LogEvent[] = [];
  return {
    stamp(body) {
      // A clock that jumps back must not make an event older than the one before it.
      last = Math.max(last, host.clock.now());
      seq += 1;
      return { ...body, event_id: host.ids.next(), execution_id: executionId, seq, ts: last };
    },
    add(events) {
      for (const event of events) waiting.push(event);
    },
    get full() {
      return waiting.length >= GROUP;
    },
    async flush() {
      if (waiting.length === 0) return;
      const events = waiting;
      waiting = [];
      const summary = summaryOf(events);
      const { seq: stored } = await host.store.log.append({
        execution_id: executionId,
        expectedSeq: durable,
        events,
        ...(summary ? { summary } : {}),
      });
      durable = stored;
      written(events);
    },
  };
}

function summaryOf(events: readonly LogEvent[]) {
  const last = events.at(-1);
  if (!last) return undefined;
  if (last.type === "playbook.completed") return { status: "COMPLETED" as const, ended_at: last.ts };
  if (last.type === "playbook.failed")
    return { status: "FAILED" as const, ended_at: last.ts, error: { ...last.error } };
  if (last.type === "execution.cancelled")
    return { status: "CANCELLED" as const, ended_at: last.ts, error: { message: last.reason } };
  if (events.some((event) => event.type === "execution.cancel_requested")) return { status: "CANCELLING" as const };
  return undefined;
}
