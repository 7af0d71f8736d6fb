import { type Clock, ensureError, type Ids, isNoetlError, type JsonObject, NoetlError } from "@noetl/core";
import type { EventBody, LogEvent } from "@noetl/engine";
import type { ExecutionPatch, NewCommand, OutboxMessage, Store } from "@noetl/store";
import type { Live, LiveRuns } from "./live.ts";
import type { Mutex } from "./mutex.ts";

/** What one turn wrote. */
export interface Turned {
  live: Live;
  events: LogEvent[];
  /** newly issued, now claimable */
  commands: NewCommand[];
  /** written with them, to be published */
  outbox: OutboxMessage[];
  /** some or all of it was stored before: whoever wrote it first may not have lived to tell anybody */
  repeated: boolean;
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
 * events, command rows, outbox, summary (architecture §2.3). Only afterwards is anybody told. Turns of one run follow each
 * other in this process (mutex) and among servers (`expectedSeq`: the loser reloads and decides again).
 */
export interface Turns {
  take(executionId: string, reports: (live: Live) => Report[], fence?: Fence): Promise<Turned>;
  /** First turn of a run that was just created. */
  open(live: Live, first: Report[]): Promise<Turned>;
  /** The run as it is stored now, between two turns. */
  read<T>(executionId: string, look: (live: Live) => T): Promise<T>;
}

export interface TurnPorts {
  store: Store;
  clock: Clock;
  ids: Ids;
  live: LiveRuns;
  mutex: Mutex;
  /** other servers write to the same store: catch up before a turn */
  shared: boolean;
  /** Row of a command: which pool, and what the worker is given. */
  command(live: Live, event: LogEvent & { type: "command.issued" }): NewCommand | Promise<NewCommand>;
  outbox(live: Live, events: readonly LogEvent[], commands: readonly NewCommand[]): OutboxMessage[];
  /** After the transaction. */
  wrote(turned: Turned): void;
  /** Nobody knows whether the transaction holds. If it does, nobody was told of it: somebody has to look at the run again. */
  unknown(executionId: string, error: Error): void;
}

const TRIES = 8;

export function openTurns(ports: TurnPorts): Turns {
  const { store, live: runs, mutex } = ports;
  const current = ports.shared ? runs.fresh : runs.get;

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
    if (events.length === 0) return { live, events, commands: [], outbox: [], repeated: false };
    const commands: NewCommand[] = [];
    for (const event of events) if (event.type === "command.issued") commands.push(await ports.command(live, event));
    const summary = summaryOf(events);
    const outbox = ports.outbox(live, events, commands);
    const stored = await store.log.append({
      execution_id: executionId,
      expectedSeq: live.seq,
      events,
      ...(summary ? { summary } : {}),
      ...(commands.length > 0 ? { commands } : {}),
      ...(outbox.length > 0 ? { outbox } : {}),
      ...(fence ? { fence } : {}),
    });
    if (stored.appended !== events.length) {
      // What is folded here is not what is stored.
      runs.drop(executionId);
      return { live: await current(executionId), events: [], commands: [], outbox: [], repeated: true };
    }
    live.seq = stored.seq;
    if (summary) live.summary = { ...live.summary, ...summary };
    live.summary.seq = stored.seq;
    return { live, events, commands, outbox, repeated: false };
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
        if (mayHold(error)) ports.unknown(executionId, ensureError(error));
        if (!isNoetlError(error) || error.code !== "LOG_MOVED") throw error;
        if (tries >= TRIES) throw contended(executionId, error);
      }
    }
  }

  return {
    async take(executionId, reports, fence) {
      const turned = await mutex.run(executionId, () =>
        attempt(executionId, () => current(executionId), reports, fence),
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
    read: (executionId, look) => mutex.run(executionId, async () => look(await current(executionId))),
  };
}

/** An answer was given when the store says what is wrong; everything else may have happened after the commit. */
function mayHold(error: unknown): boolean {
  return !isNoetlError(error) || ["unavailable", "timeout", "retryable", "internal"].includes(error.meaning);
}

/** Nothing is wrong with the report: the same one will be taken later. */
function contended(executionId: string, cause: Error): NoetlError {
  return new NoetlError("unavailable", "CONTENDED", `too many servers write to execution ${executionId}`, {
    cause,
    after: 1,
  });
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
  return events.some(stops) ? { status: "CANCELLING" } : undefined;
}

function stops(event: LogEvent): boolean {
  return event.type === "execution.cancel_requested" || (event.type === "timer.fired" && event.timer === "execution");
}
