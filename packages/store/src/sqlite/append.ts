import { isNoetlError, NoetlError } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { claimedEvent } from "../commands/claimed-event.ts";
import { END, follow, supersede } from "../commands/follow.ts";
import { insertCommand } from "../commands/insert.ts";
import { insertRun, keepDefinition } from "../executions/insert.ts";
import { type Appended, type AppendInput, append } from "../log/append.ts";
import { commandKeyOf, type EventRow, isRunEnd, toRow } from "../log/event-row.ts";
import { insertMessage } from "../outbox/insert.ts";
import type { Database } from "../sql/database.ts";
import { type Operation, type Param, type Statement, sql } from "../sql/statement.ts";
import { at, toJson } from "../sql/values.ts";
import type { ExecutionPatch } from "../store.ts";

/**
 * Rows of one INSERT; a statement is prepared for each size up to the first. A statement a row costs half as much again. `OR FAIL`:
 * who fails here is undone as a whole, so SQLite need not keep what it would take to undo one statement.
 */
const MOST = 32;
const INSERT =
  "INSERT OR FAIL INTO noetl.event (execution_id, event_id, stream_version, event_type, node_name, command_key, status, created_at, body) VALUES (";

export type Append = (input: AppendInput, now: number) => Promise<Appended>;

/** What the fast way takes for granted does not hold; it has undone itself. */
const UNCOMMON = "APPEND_UNCOMMON";

/**
 * `EventLog.append` for the common case: all events are new, nobody wrote in between, and who reports holds the command. It
 * writes without asking what is there: conditional updates and unique indexes say when that was wrong. Then it is undone
 * and the general operation decides row by row.
 */
export function appendMany(db: Database): Append {
  const chunks = new Map<number, readonly string[]>();
  const texts = new Set<string>();

  function chunksOf(size: number): readonly string[] {
    const known = chunks.get(size) ?? chunksFor(size);
    chunks.set(size, known);
    return known;
  }

  /** Each row is made when it is written: those of a large append would all outlive the young generation. */
  function* insert(
    execution_id: string,
    count: number,
    rowAt: (index: number) => EventRow,
    seqOf: (index: number) => number,
  ): Operation<void> {
    for (let from = 0; from < count; from += MOST) {
      const to = Math.min(from + MOST, count);
      const values: Param[] = [];
      for (let index = from; index < to; index++) {
        const row = rowAt(index);
        values.push(execution_id, row.event_id, seqOf(index), row.type, row.node, row.command_key);
        values.push(row.status, row.created_at, row.body);
      }
      yield { chunks: chunksOf(to - from), values };
    }
  }

  /** The head of the run moves, or the run begins. */
  function* head(input: AppendInput, seq: number, now: number): Operation<void> {
    const { create, execution_id, expectedSeq, summary = {} } = input;
    if (!create) {
      const moved = yield move(execution_id, expectedSeq, seq, summary, now);
      if (moved.length === 0) throw uncommon();
      return;
    }
    const { definition } = create.summary;
    // A text is never removed: what was written once by this process is there.
    if (!texts.has(definition)) yield keepDefinition(definition, create.definition);
    const made = yield insertRun({ ...create.summary, ...summary, seq }, now);
    if (made.length === 0) throw uncommon();
  }

  function* fast(input: AppendInput, now: number): Operation<Appended> {
    const { execution_id, expectedSeq, events, commands = [], outbox = [], fence } = input;
    if (events.length === 0) return yield* append(db, input, now);
    const seq = expectedSeq + events.length;
    yield* head(input, seq, now);
    const ends = events.filter((event) => event.type in END);
    if (fence) {
      const [end] = ends;
      if (end === undefined || ends.length > 1) throw uncommon();
      const held = yield endHeld(execution_id, end, fence, now);
      if (held.length === 0) throw uncommon();
    }
    const claimed = commands.flatMap((command) => (command.claim ? [claimedEvent(command, command.claim, now)] : []));
    const rowAt = (index: number) => claimed[index - events.length] ?? toRow(events[index] as LogEvent);
    yield* insert(execution_id, events.length + claimed.length, rowAt, (index) =>
      Math.min(expectedSeq + index + 1, seq),
    );
    yield* followRest(execution_id, events, fence ? [] : ends, now);
    for (const command of commands) {
      if (command.attempt > 1) yield supersede(execution_id, command, now);
      yield insertCommand(execution_id, command, now);
    }
    for (const message of outbox) yield insertMessage(execution_id, message, now);
    return { appended: events.length, seq };
  }

  return async (input, now) => {
    const options = { durable: input.durable ?? true };
    try {
      const done = await db.write(() => fast(input, now), options);
      if (input.create) texts.add(input.create.summary.definition);
      return done;
    } catch (error) {
      if (!isNoetlError(error) || (error.code !== "STORE_CONSTRAINT" && error.code !== UNCOMMON)) throw error;
      return db.write(() => append(db, input, now), options);
    }
  };
}

function uncommon(): NoetlError {
  return new NoetlError("conflict", UNCOMMON, "an append that has to be looked at row by row");
}

function move(id: string, expected: number, seq: number, change: ExecutionPatch, now: number): Statement {
  const time = at(now);
  const { status, ended_at, error } = change;
  if (status === undefined && ended_at === undefined && error === undefined) {
    return sql`UPDATE noetl.execution SET seq = ${seq}, updated_at = ${time}
      WHERE execution_id = ${id} AND seq = ${expected} RETURNING 1 AS moved`;
  }
  return sql`UPDATE noetl.execution SET seq = ${seq}, updated_at = ${time}, status = coalesce(${status ?? null}, status),
      end_time = CASE WHEN ${ended_at !== undefined} THEN ${at(ended_at ?? null)} ELSE end_time END,
      error = CASE WHEN ${error !== undefined} THEN ${toJson(error)} ELSE error END
    WHERE execution_id = ${id} AND seq = ${expected} RETURNING 1 AS moved`;
}

/** Ends the command that is reported, if the reporter holds it: fence and row in one. */
function endHeld(id: string, end: LogEvent, fence: NonNullable<AppendInput["fence"]>, now: number): Statement {
  const time = at(now);
  const number = fence.fence ?? null;
  return sql`UPDATE noetl.command SET status = ${END[end.type] ?? ""}, completed_at = ${time}, updated_at = ${time}, lease_until = NULL
    WHERE command_id = ${fence.event_id} AND execution_id = ${id} AND command_key = ${commandKeyOf(end)}
      AND worker_id = ${fence.worker_id} AND status IN ('CLAIMED', 'RUNNING') AND (${number} IS NULL OR fence = ${number})
    RETURNING 1 AS held`;
}

/** Rows that follow from events nobody reported under a claim (see `follow`). A local run has none: it is asked once. */
function* followRest(id: string, events: readonly LogEvent[], ends: readonly LogEvent[], now: number): Operation<void> {
  const moving = events.some((event) => isRunEnd(event.type) || event.type === "command.started");
  if (!moving && ends.length === 0) return;
  const open = yield sql`SELECT 1 FROM noetl.command WHERE execution_id = ${id} AND completed_at IS NULL
    AND status IN ('PENDING', 'CLAIMED', 'RUNNING') LIMIT 1`;
  if (open.length === 0) return;
  for (const row of events.map(toRow)) yield* follow(id, row, now);
}

/** Cut at the placeholders: nine a row. */
function chunksFor(size: number): readonly string[] {
  const row = [...Array<string>(8).fill(", "), ")"];
  const text = [INSERT, ...row];
  for (let more = 1; more < size; more++) text.push(`${text.pop()}, (`, ...row);
  return Object.freeze(text);
}
