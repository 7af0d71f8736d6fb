import { type Clock, type Ids, NoetlError } from "@noetl/core";
import type { EventBody } from "@noetl/engine";
import type { CommandRow, Store } from "@noetl/store";
import { canonicalPool } from "../delivery/pools.ts";
import type { Given, Live, Report, Runs, Seats, TurnOptions } from "../runs/index.ts";
import type { IncomingEvent } from "../wire/event-in.ts";
import { isHostEvent, reportsOf } from "../wire/report.ts";

export interface Ingested {
  event_ids: string[];
  commands: number;
  /** all of it was known before */
  duplicate: boolean;
  /** of a heartbeat: the worker should stop */
  stop?: boolean;
  /** claimed for the reporter in the same transaction */
  next: Given[];
}

/** A worker that reports has room again: for so many commands of these pools. */
export interface Room {
  pools: readonly string[];
  max: number;
}

/** What workers say of commands, in the words of any generation (server-api §2.7). */
export interface Ingest {
  /**
   * In one transaction. Repeating an `event_id` is harmless. Meanings: `not_found` unknown execution · `conflict`: `FENCED`
   * from a worker that lost its claim, `active_claim` for `command.claimed` of a command another worker holds.
   */
  take(input: {
    execution_id: string;
    events: readonly IncomingEvent[];
    worker_id?: string;
    command_event_id?: string;
    fence?: number;
    /** what is issued by this report may be claimed for the reporter, who must be told of it in the answer */
    next?: Room;
  }): Promise<Ingested>;
}

export interface IngestPorts {
  store: Store;
  runs: Runs;
  ids: Ids;
  clock: Clock;
  leaseMs: number;
  /** a parked container may take so long before its callback */
  callbackMs: number;
  ended(eventId: string): void;
  /** The worker that reported has room, and was given nothing for it. */
  vacated(workerId: string, count: number): void;
  observe(event: IncomingEvent): void;
}

const OPEN = ["PENDING", "CLAIMED", "RUNNING"] as const;

export function openIngest(ports: IngestPorts): Ingest {
  const { store, runs, ids, clock } = ports;

  /** The row a worker's event is about: by the id it was given, by ours, else by step and worker. */
  async function rowOf(executionId: string, event: IncomingEvent, worker: string | undefined) {
    const given = event.payload.command_id ?? event.meta.command_id;
    const text = typeof given === "string" || typeof given === "number" ? String(given) : undefined;
    if (text !== undefined && /^\d+$/.test(text)) {
      const row = await store.commands.get(text);
      if (row?.execution_id === executionId) return row;
    } else if (text !== undefined) {
      const row = await store.commands.find(executionId, text);
      if (row) return row;
    }
    if (event.step === undefined || !/^(call|command)\./.test(event.type)) return undefined;
    const open = await store.commands.list({ execution_id: executionId, status: OPEN });
    const ofStep = open.filter((row) => row.step === event.step);
    const held = worker === undefined ? undefined : ofStep.find((row) => row.worker_id === worker);
    // Who names a command that is not there does not speak of another worker's.
    return held ?? (text === undefined ? ofStep[0] : undefined);
  }

  /** Delivery events change rows and leases, never the run. */
  async function deliver(
    event: IncomingEvent,
    row: CommandRow,
    worker: string | undefined,
  ): Promise<boolean | undefined> {
    const site = { step: row.step, run: runNumber(row), command_id: row.command_id };
    const by = worker === undefined ? {} : { worker_id: worker };
    if (event.type === "command.claimed" && worker !== undefined && row.worker_id !== worker) {
      throw new NoetlError(
        "conflict",
        "active_claim",
        `command ${row.event_id} is held by ${row.worker_id ?? "nobody"}`,
        {
          data: { worker_id: row.worker_id },
        },
      );
    }
    if (event.type === "command.started") {
      await store.log.note(row.execution_id, [
        {
          type: "command.started",
          ...site,
          ...by,
          event_id: event.event_id ?? ids.next(),
          execution_id: row.execution_id,
          seq: 0,
          ts: clock.now(),
        },
      ]);
    }
    if (event.type === "command.heartbeat" && worker !== undefined) {
      const lease_ms = ports.leaseMs;
      const { held } = await store.commands.heartbeat({ event_id: row.event_id, worker_id: worker, lease_ms });
      return !held;
    }
    if (event.type === "command.completed" && event.payload.pending_callback === true && worker !== undefined) {
      await store.commands.heartbeat({ event_id: row.event_id, worker_id: worker, lease_ms: ports.callbackMs });
    }
    return undefined;
  }

  async function takeOld(
    executionId: string,
    events: readonly IncomingEvent[],
    worker: string | undefined,
  ): Promise<Ingested> {
    const rows: (CommandRow | undefined)[] = [];
    let stop: boolean | undefined;
    for (const event of events) {
      const by = event.worker_id ?? worker;
      const row = await rowOf(executionId, event, by);
      rows.push(row);
      if (row) stop = (await deliver(event, row, by)) ?? stop;
    }
    const commandIds = rows.map((row) => row?.command_id);
    const about = rows.find(
      (row, index) => row && /^(call|command)\.(done|error|completed|failed)/.test(events[index]?.type ?? ""),
    );
    const reporter = events.find((event) => event.worker_id !== undefined)?.worker_id ?? worker;
    const fence = about && reporter !== undefined ? { event_id: about.event_id, worker_id: reporter } : undefined;
    const done = await report(executionId, (live) => reportsOf(live, events, commandIds), fence ? { fence } : {});
    return { ...done, next: [], ...(stop === undefined ? {} : { stop }) };
  }

  async function takeOurs(
    executionId: string,
    bodies: readonly EventBody[],
    events: readonly IncomingEvent[],
    options: TurnOptions,
  ): Promise<Omit<Ingested, "stop" | "next">> {
    return report(
      executionId,
      (live) =>
        bodies.flatMap((body, index): Report[] => {
          if (!isExpected(live, body)) return [];
          const event_id = events[index]?.event_id;
          return [event_id === undefined ? body : { ...body, event_id }];
        }),
      options,
    );
  }

  async function report(
    executionId: string,
    reports: (live: Live) => Report[],
    options: TurnOptions,
  ): Promise<Omit<Ingested, "stop" | "next">> {
    const { accepted, commands, event_ids } = await runs.report(executionId, reports, options);
    return { event_ids, commands, duplicate: accepted === 0 };
  }

  return {
    async take({ execution_id, events, worker_id, command_event_id, fence, next: room }) {
      for (const event of events) ports.observe(event);
      const bodies = events.flatMap(({ body }) => (body ? [body] : []));
      if (bodies.length === 0) return idsFor(events, await takeOld(execution_id, events, worker_id));
      if (bodies.length !== events.length || !bodies.every(isHostEvent)) {
        throw new NoetlError(
          "validation",
          "E_EVENT",
          "payload.event holds what only the engine may say, or not in all events",
        );
      }
      const worker = worker_id ?? events[0]?.worker_id;
      const held =
        command_event_id ?? (await rowOf(execution_id, withCommandId(events[0], bodies[0]), worker))?.event_id;
      const claim =
        worker === undefined || held === undefined
          ? undefined
          : { event_id: held, worker_id: worker, ...(fence === undefined ? {} : { fence }) };
      const next: Given[] = [];
      const done = await takeOurs(execution_id, bodies, events, {
        ...(claim ? { fence: claim } : {}),
        ...(worker === undefined || !room ? {} : { seats: seatsAt(worker, room, next) }),
      });
      if (done.duplicate && claim) await checkHolder(claim);
      if (held !== undefined) ports.ended(held);
      // The answer to the first report was lost, and with it what it gave.
      if (done.duplicate && worker !== undefined && room) next.push(...(await untold(execution_id, worker, room)));
      // Who says it twice has left no more room than before.
      const spare = done.duplicate || !room ? 0 : room.max - next.length;
      if (worker !== undefined && spare > 0) ports.vacated(worker, spare);
      return { ...idsFor(events, done), next };
    },
  };

  /** What this run gave to the worker and it has not been heard of since. */
  async function untold(executionId: string, worker: string, room: Room): Promise<Given[]> {
    const rows = await store.commands.list({ execution_id: executionId, status: ["CLAIMED"] });
    const found: Given[] = [];
    for (const row of rows) {
      if (row.worker_id !== worker || row.heartbeat_at !== null || found.length >= room.max) continue;
      const command = await runs.command(executionId, row.command_id);
      if (command) found.push({ execution_id: executionId, row: { ...row, meta: {} }, command, fence: row.fence });
    }
    return found;
  }

  /** Nothing was left to report: by this claim, or because another worker did it meanwhile? */
  async function checkHolder(claim: NonNullable<TurnOptions["fence"]>): Promise<void> {
    const row = await store.commands.get(claim.event_id);
    if (!row || (row.worker_id === claim.worker_id && (claim.fence ?? row.fence) === row.fence)) return;
    throw new NoetlError("conflict", "FENCED", `${claim.worker_id} does not hold command ${claim.event_id} any more`, {
      data: { worker_id: row.worker_id, fence: row.fence },
    });
  }

  /** One id an event, also for those that are for people only or were known. */
  function idsFor<T extends { event_ids: string[] }>(events: readonly IncomingEvent[], done: T): T {
    return { ...done, event_ids: events.map((event, index) => event.event_id ?? done.event_ids[index] ?? ids.next()) };
  }
}

/** Room at the worker whose report is being written. */
function seatsAt(worker_id: string, { pools, max }: Room, next: Given[]): Seats {
  const served = pools.map(canonicalPool);
  let left = max;
  const back = () => {
    left += 1;
  };
  return (pool) => {
    if (left <= 0 || !served.includes(pool)) return undefined;
    left -= 1;
    return { worker_id, give: (given) => void next.push(given), back };
  };
}

/** Of a call that is parked only its end is news; that it was parked is known, however often it is reported. */
function isExpected(live: Live, body: EventBody): boolean {
  if (!("command_id" in body)) return false;
  if (live.run.command(body.command_id) !== undefined) return true;
  const ends = body.type === "call.done" || body.type === "call.error";
  return ends && live.run.waiting().some((call) => call.command_id === body.command_id);
}

function withCommandId(event: IncomingEvent | undefined, body: EventBody | undefined): IncomingEvent {
  const command_id = body && "command_id" in body ? body.command_id : null;
  return {
    type: "",
    step: undefined,
    meta: {},
    worker_id: undefined,
    event_id: undefined,
    body: undefined,
    ...event,
    payload: { command_id },
  };
}

/** `<step>#<run>…` */
function runNumber(row: CommandRow): number {
  return Number(/^#(\d+)/.exec(row.command_id.slice(row.step.length))?.[1] ?? 1);
}
