import { type Clock, ensureError, type Ids, isNoetlError, type JsonObject, NoetlError } from "@noetl/core";
import type { EventBody, LogEvent } from "@noetl/engine";
import type { ExecutionPatch, NewCommand, OutboxMessage, Store } from "@noetl/store";
import type { Live, LiveRuns } from "./live.ts";
import type { Mutex } from "./mutex.ts";
import { type Seating, type Seats, seating } from "./seat.ts";

/** What one turn wrote. */
export interface Turned {
  live: Live;
  events: LogEvent[];
  /** newly issued: claimable, or claimed already for a worker that had room */
  commands: NewCommand[];
  /** written with them, to be published */
  outbox: OutboxMessage[];
  /** workers that are given some of the commands once all others were told */
  seated?: Seating;
  /** how long the engine took to fold and decide, and the store to write, seconds */
  took?: { engine: number; store: number };
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

/** How a turn is to be written. */
export interface TurnOptions {
  /** refuses what a worker reports that has lost its claim */
  fence?: Fence;
  /** room at the worker that reports: asked before the others */
  seats?: Seats;
}

/**
 * A turn takes what was reported to one run, folds it, lets the engine decide, and writes everything in one transaction:
 * events, command rows with the claims of workers that have room, outbox, summary (architecture §2.3). Only afterwards is
 * anybody told. Turns of one run follow each other in this process (mutex) and among servers: a turn trusts the run in
 * memory, `expectedSeq` tells whether it was right to; the loser reloads and decides again. `reports` may be asked again.
 */
export interface Turns {
  take(executionId: string, reports: (live: Live) => Report[], options?: TurnOptions): Promise<Turned>;
  /** First turn of a run: makes it. */
  open(live: Live, first: Report[], definition: string): Promise<Turned>;
  /** The run as it is stored now, between two turns. */
  read<T>(executionId: string, look: (live: Live) => T): Promise<T>;
}

export interface TurnPorts {
  store: Store;
  clock: Clock;
  ids: Ids;
  live: LiveRuns;
  mutex: Mutex;
  /** other servers write to the same store: what is in memory may be old */
  shared: boolean;
  /** of workers that wait */
  seats: Seats;
  /** how long a claim holds that nobody asked for, until the first heartbeat, ms */
  seatMs: number;
  /** Row of a command: which pool, and what the worker is given. */
  command(live: Live, event: LogEvent & { type: "command.issued" }): NewCommand | Promise<NewCommand>;
  outbox(live: Live, events: readonly LogEvent[], commands: readonly NewCommand[]): OutboxMessage[];
  /** After the transaction. */
  wrote(turned: Turned): void;
  /** Nobody knows whether the transaction holds. If it does, nobody was told of it: somebody has to look at the run again. */
  unknown(executionId: string, error: Error): void;
}

const TRIES = 8;

interface How extends TurnOptions {
  /** text of the playbook of a run that begins */
  definition?: string;
}

export function openTurns(ports: TurnPorts): Turns {
  const { store, live: runs, mutex } = ports;
  const current = ports.shared ? runs.fresh : runs.get;

  async function once(live: Live, reports: Report[], how: How, seats: Seating): Promise<Turned> {
    const { run } = live;
    const executionId = live.summary.execution_id;
    const begun = performance.now();
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
    for (const event of events) {
      if (event.type !== "command.issued") continue;
      const row = await ports.command(live, event);
      commands.push(seats.place(row, run.command(event.command_id), ports.ids.next));
    }
    const decided = performance.now();
    const summary = summaryOf(events);
    const waiting = commands.filter((command) => !command.claim);
    const outbox = ports.outbox(live, events, waiting);
    const stored = await store.log.append({
      execution_id: executionId,
      expectedSeq: live.seq,
      events,
      ...(summary ? { summary } : {}),
      ...(commands.length > 0 ? { commands } : {}),
      ...(outbox.length > 0 ? { outbox } : {}),
      ...(how.fence ? { fence: how.fence } : {}),
      ...(how.definition === undefined ? {} : { create: { summary: live.summary, definition: how.definition } }),
    });
    if (stored.appended !== events.length) {
      // What is folded here is not what is stored.
      runs.drop(executionId);
      return { live: await current(executionId), events: [], commands: [], outbox: [], repeated: true };
    }
    live.seq = stored.seq;
    if (summary) live.summary = { ...live.summary, ...summary };
    live.summary.seq = stored.seq;
    const took = { engine: (decided - begun) / 1_000, store: (performance.now() - decided) / 1_000 };
    return { live, events, commands, outbox, took, repeated: false };
  }

  async function provide(live: Live, ref: string): Promise<void> {
    try {
      live.run.provide(ref, await store.results.get(ref));
    } catch (error) {
      if (!isNoetlError(error) || error.meaning !== "not_found") throw error;
      live.run.missing(ref, error.message);
    }
  }

  /** In memory it may be old: good for a turn that writes something, since the store will say so. */
  async function tried(executionId: string, reports: (live: Live) => Report[], how: How): Promise<Turned> {
    const known = ports.shared ? runs.peek(executionId) : undefined;
    if (known) {
      const turned = await attempt(known, reports, how);
      if (turned && (turned.repeated || turned.events.length > 0)) return turned;
    }
    for (let tries = 1; tries <= TRIES; tries++) {
      const turned = await attempt(await current(executionId), reports, how);
      if (turned) return turned;
    }
    throw contended(executionId);
  }

  /** Undefined when somebody else has written meanwhile: load and try again. */
  async function attempt(live: Live, reports: (live: Live) => Report[], how: How): Promise<Turned | undefined> {
    const { execution_id } = live.summary;
    const seats = seating(how.seats ? [how.seats, ports.seats] : [ports.seats], ports.seatMs);
    try {
      const turned = await once(live, reports(live), how, seats);
      if (turned.repeated) seats.back();
      else turned.seated = seats;
      return turned;
    } catch (error) {
      seats.back();
      // The run in memory has folded what was not stored.
      runs.drop(execution_id);
      if (mayHold(error)) ports.unknown(execution_id, ensureError(error));
      if (isNoetlError(error) && error.code === "LOG_MOVED") return undefined;
      throw error;
    }
  }

  function tell(turned: Turned): Turned {
    ports.wrote(turned);
    turned.seated?.give(turned.live.summary.execution_id);
    return turned;
  }

  return {
    take: async (executionId, reports, options = {}) =>
      tell(await mutex.run(executionId, () => tried(executionId, reports, options))),
    async open(live, first, definition) {
      const executionId = live.summary.execution_id;
      runs.add(live);
      return tell(
        await mutex.run(executionId, async () => {
          const how = { definition };
          const known = runs.peek(executionId) ?? live;
          return (await attempt(known, () => first, how)) ?? tried(executionId, () => first, how);
        }),
      );
    },
    read: (executionId, look) => mutex.run(executionId, async () => look(await current(executionId))),
  };
}

/** An answer was given when the store says what is wrong; everything else may have happened after the commit. */
function mayHold(error: unknown): boolean {
  return !isNoetlError(error) || ["unavailable", "timeout", "retryable", "internal"].includes(error.meaning);
}

/** Nothing is wrong with the report: the same one will be taken later. */
function contended(executionId: string): NoetlError {
  return new NoetlError("unavailable", "CONTENDED", `too many servers write to execution ${executionId}`, { after: 1 });
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
