import { type Clock, type Ids, isNoetlError, type JsonObject } from "@noetl/core";
import type { EventBody, LogEvent } from "@noetl/engine";
import type { ExecutionPatch, NewCommand, Store } from "@noetl/store";
import type { Live, LiveRuns } from "./live.ts";
import type { Mutex } from "./mutex.ts";

/** What one turn wrote. */
export interface Turned {
  live: Live;
  events: LogEvent[];
  /** newly issued, now claimable */
  commands: NewCommand[];
}

export interface Fence {
  event_id: string;
  worker_id: string;
  fence?: number;
}

/** An event as its producer sent it: `event_id` makes a repeated delivery harmless (server-api §3.7). */
export type Report = EventBody & { event_id?: string };

/**
 * A turn takes what was reported to one run, folds it, lets the engine decide, and writes everything in one transaction:
 * events, command rows, summary (architecture §2.3). Only afterwards is anybody told. Turns of one run follow each other
 * in this process (mutex) and among servers (`expectedSeq`: the loser reloads and decides again).
 */
export interface Turns {
  take(executionId: string, reports: (live: Live) => Report[], fence?: Fence): Promise<Turned>;
  /** First turn of a run that was just created. */
  open(live: Live, first: Report[]): Promise<Turned>;
}

export interface TurnPorts {
  store: Store;
  clock: Clock;
  ids: Ids;
  live: LiveRuns;
  mutex: Mutex;
  /** Row of a command: which pool, and what the worker is given. */
  command(live: Live, event: LogEvent & { type: "command.issued" }): NewCommand;
  /** After the transaction. */
  wrote(turned: Turned): void;
}

const TRIES = 8;

export function openTurns(ports: TurnPorts): Turns {
  const { store, live: runs, mutex } = ports;

  async function once(live: Live, reports: Report[], fence: Fence | undefined): Promise<Turned> {
    const { run } = live;
    const executionId = live.summary.execution_id;
    let seq = live.seq;
    const now = ports.clock.now();
    const stamp = (body: Report): LogEvent => {
      seq += 1;
      return { ...body, event_id: body.event_id ?? ports.ids.next(), execution_id: executionId, seq, ts: now };
    };
    const events: LogEvent[] = [];
    for (const report of reports) {
      const event = stamp(report);
      run.fold(event);
      events.push(event);
    }
    for (;;) {
      const advance = run.advance(stamp);
      events.push(...advance.events);
      if (advance.need.length === 0) break;
      for (const ref of advance.need) await provide(live, ref);
    }
    if (events.length === 0) return { live, events, commands: [] };
    const commands = events.flatMap((event) => (event.type === "command.issued" ? [ports.command(live, event)] : []));
    const summary = summaryOf(events);
    const stored = await store.log.append({
      execution_id: executionId,
      expectedSeq: live.seq,
      events,
      ...(summary ? { summary } : {}),
      ...(commands.length > 0 ? { commands } : {}),
      ...(fence ? { fence } : {}),
    });
    // The store skipped something it had already: what is folded here is not what is stored.
    if (stored.appended !== events.length) runs.drop(executionId);
    live.seq = stored.seq;
    if (summary) live.summary = { ...live.summary, ...summary };
    return { live, events, commands };
  }

  async function provide(live: Live, ref: string): Promise<void> {
    try {
      live.run.provide(ref, await store.results.get(ref));
    } catch (error) {
      if (!isNoetlError(error) || error.meaning !== "not_found") throw error;
      live.run.missing(ref, error.message);
    }
  }

  async function attempt(
    executionId: string,
    load: () => Promise<Live>,
    reports: (live: Live) => Report[],
    fence?: Fence,
  ): Promise<Turned> {
    for (let tries = 1; ; tries++) {
      const live = await load();
      try {
        return await once(live, reports(live), fence);
      } catch (error) {
        // The run in memory has folded what was not stored.
        runs.drop(executionId);
        const moved = isNoetlError(error) && error.code === "LOG_MOVED";
        if (!moved || tries >= TRIES) throw error;
      }
    }
  }

  return {
    async take(executionId, reports, fence) {
      const turned = await mutex.run(executionId, () =>
        attempt(executionId, () => runs.get(executionId), reports, fence),
      );
      ports.wrote(turned);
      return turned;
    },
    async open(live, first) {
      const executionId = live.summary.execution_id;
      runs.add(live);
      const turned = await mutex.run(executionId, () =>
        attempt(
          executionId,
          () => runs.get(executionId),
          () => first,
        ),
      );
      ports.wrote(turned);
      return turned;
    },
  };
}

/** What the events of one turn change in the row of the execution. */
export function summaryOf(events: readonly LogEvent[]): ExecutionPatch | undefined {
  for (const event of events.toReversed()) {
    if (event.type === "playbook.completed") return { status: "COMPLETED", ended_at: event.ts };
    if (event.type === "playbook.failed")
      return { status: "FAILED", ended_at: event.ts, error: { ...event.error } as JsonObject };
    if (event.type === "execution.cancelled")
      return { status: "CANCELLED", ended_at: event.ts, error: { message: event.reason } };
  }
  if (events.some((event) => event.type === "execution.cancel_requested")) return { status: "CANCELLING" };
  return undefined;
}
