import { isNoetlError } from "@noetl/core";
import { follow, supersede } from "../commands/follow.ts";
import { insertCommand } from "../commands/insert.ts";
import { patch } from "../executions/patch.ts";
import { type Appended, type AppendInput, append, checkFence, lockRun } from "../log/append.ts";
import { type EventRow, toRows } from "../log/event-row.ts";
import { insertMessage } from "../outbox/insert.ts";
import type { Database } from "../sql/database.ts";
import { type Operation, type Param, sql } from "../sql/statement.ts";

/** Rows of one INSERT; a statement is prepared for each size. A statement a row costs half as much again. */
const SIZES = [32, 8, 4, 2, 1];
const INSERT =
  "INSERT INTO noetl.event (execution_id, event_id, stream_version, event_type, node_name, command_key, status, created_at, body) VALUES (";

export type Append = (input: AppendInput, now: number) => Promise<Appended>;

/**
 * `EventLog.append` for the common case: all events are new and nobody wrote in between. It inserts without asking what is
 * there. A repeated event breaks a unique index, which undoes it, and the general operation decides row by row.
 */
export function appendMany(db: Database): Append {
  const chunks = new Map(SIZES.map((size) => [size, chunksFor(size)]));

  function* insert(execution_id: string, rows: readonly EventRow[], seq: number): Operation<void> {
    let from = 0;
    for (const [size, text] of chunks) {
      for (; from + size <= rows.length; from += size) {
        const values: Param[] = [];
        rows.slice(from, from + size).forEach((row, index) => {
          values.push(execution_id, row.event_id, seq + from + index + 1, row.type, row.node, row.command_key);
          values.push(row.status, row.created_at, row.body);
        });
        yield { chunks: text, values };
      }
    }
  }

  function* fast(input: AppendInput, now: number): Operation<Appended> {
    const { execution_id, expectedSeq, commands = [], outbox = [] } = input;
    if (input.fence) yield* checkFence(db, input.fence);
    if (input.events.length === 0 || (yield* lockRun(db, execution_id)) !== expectedSeq) {
      return yield* append(db, input, now);
    }
    const rows = toRows(input.events);
    const seq = expectedSeq + rows.length;
    yield patch(execution_id, seq, input.summary ?? {}, now);
    yield* insert(execution_id, rows, expectedSeq);
    if (yield* hasOpenCommands(execution_id)) for (const row of rows) yield* follow(execution_id, row, now);
    for (const command of commands) {
      if (command.attempt > 1) yield supersede(execution_id, command, now);
      yield insertCommand(execution_id, command, now);
    }
    for (const message of outbox) yield insertMessage(execution_id, message, now);
    return { appended: rows.length, seq };
  }

  return async (input, now) => {
    try {
      return await db.write(() => fast(input, now));
    } catch (error) {
      if (!isNoetlError(error) || error.code !== "STORE_CONSTRAINT") throw error;
      return db.write(() => append(db, input, now));
    }
  };
}

/** Cut at the placeholders: nine a row. */
function chunksFor(size: number): readonly string[] {
  const row = [...Array<string>(8).fill(", "), ")"];
  const text = [INSERT, ...row];
  for (let more = 1; more < size; more++) text.push(`${text.pop()}, (`, ...row);
  return Object.freeze(text);
}

/** A local run has none: nothing is to be moved by its events. */
function* hasOpenCommands(execution_id: string): Operation<boolean> {
  const found = yield sql`SELECT 1 FROM noetl.command WHERE execution_id = ${execution_id}
    AND status IN ('PENDING', 'CLAIMED', 'RUNNING') LIMIT 1`;
  return found.length > 0;
}
