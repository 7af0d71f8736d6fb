import { NoetlError } from "@noetl/core";
import { claimedEvent } from "../commands/claimed-event.ts";
import { follow, supersede } from "../commands/follow.ts";
import { insertCommand } from "../commands/insert.ts";
import { insertRun, keepDefinition } from "../executions/insert.ts";
import { patch } from "../executions/patch.ts";
import { insertMessage } from "../outbox/insert.ts";
import type { Database } from "../sql/database.ts";
import { forUpdate } from "../sql/lock.ts";
import { type Operation, sql } from "../sql/statement.ts";
import { int, textOrNull } from "../sql/values.ts";
import type { EventLog } from "../store.ts";
import { type EventRow, isRunEnd, toRow } from "./event-row.ts";

export type AppendInput = Parameters<EventLog["append"]>[0];
export interface Appended {
  appended: number;
  seq: number;
}

/** The whole of `EventLog.append` as one operation: every rule, one row at a time. */
export function* append(db: Database, input: AppendInput, now: number): Operation<Appended> {
  const { execution_id } = input;
  // Before the run's own row, as a claim would: the same order everywhere.
  if (input.fence) yield* checkFence(db, input.fence);
  if (input.create) {
    const { summary, definition } = input.create;
    yield keepDefinition(summary.definition, definition);
    yield insertRun(summary, now);
  }
  const seq = yield* lockRun(db, execution_id);
  const fresh: EventRow[] = [];
  for (const event of input.events) {
    const row = toRow(event);
    if (yield* insertEvent(execution_id, row, seq + fresh.length + 1)) fresh.push(row);
  }
  if (fresh.length === 0) return { appended: 0, seq };
  if (seq !== input.expectedSeq) throw behind(execution_id, seq, input.expectedSeq);
  const last = seq + fresh.length;
  yield patch(execution_id, last, input.summary ?? {}, now);
  for (const event of fresh) yield* follow(execution_id, event, now);
  for (const command of input.commands ?? []) {
    if (command.attempt > 1) yield supersede(execution_id, command, now);
    yield insertCommand(execution_id, command, now);
    if (command.claim) yield* insertEvent(execution_id, claimedEvent(command, command.claim, now), last);
  }
  for (const message of input.outbox ?? []) yield insertMessage(execution_id, message, now);
  return { appended: fresh.length, seq: last };
}

/** Delivery events share the seq of the event before them. */
export function* note(execution_id: string, rows: readonly EventRow[], now: number): Operation<number> {
  // No lock: claims must not wait for the run's writer, and a tie with a slightly older event does no harm.
  const [head] = yield sql`SELECT seq FROM noetl.execution WHERE execution_id = ${execution_id}`;
  if (!head) throw unknownRun(execution_id);
  const seq = int(head.seq);
  let appended = 0;
  for (const row of rows) {
    if (isRunEnd(row.type) || /^command\.(completed|failed|cancelled)$/.test(row.type)) {
      throw new NoetlError("validation", "E_EVENT", `${row.type} is not a delivery event`);
    }
    if (yield* insertEvent(execution_id, row, seq)) {
      appended += 1;
      yield* follow(execution_id, row, now);
    }
  }
  return appended;
}

export function* lockRun(db: Database, execution_id: string): Operation<number> {
  const [head] = yield sql`SELECT seq FROM noetl.execution WHERE execution_id = ${execution_id} ${forUpdate(db)}`;
  if (!head) throw unknownRun(execution_id);
  return int(head.seq);
}

function* insertEvent(execution_id: string, row: EventRow, seq: number): Operation<boolean> {
  const inserted = yield sql`
    INSERT INTO noetl.event (execution_id, event_id, stream_version, event_type, node_name, command_key, status, created_at, body)
    VALUES (${execution_id}, ${row.event_id}, ${seq}, ${row.type}, ${row.node}, ${row.command_key}, ${row.status}, ${row.created_at}, ${row.body})
    ON CONFLICT DO NOTHING RETURNING 1 AS inserted`;
  return inserted.length === 1;
}

export function* checkFence(db: Database, held: NonNullable<AppendInput["fence"]>): Operation<void> {
  const [row] = yield sql`
    SELECT worker_id, fence, status FROM noetl.command WHERE command_id = ${held.event_id} ${forUpdate(db)}`;
  if (!row) throw new NoetlError("not_found", "COMMAND_NOT_FOUND", `command not found: ${held.event_id}`);
  // Cancelled: given up, or issued again under another row.
  const lost = textOrNull(row.worker_id) !== held.worker_id || row.status === "CANCELLED";
  if (lost || (held.fence !== undefined && int(row.fence) !== held.fence)) {
    throw new NoetlError("conflict", "FENCED", `${held.worker_id} does not hold command ${held.event_id} any more`, {
      data: { worker_id: textOrNull(row.worker_id), fence: int(row.fence) },
    });
  }
}

export function behind(execution_id: string, seq: number, expected: number): NoetlError {
  return new NoetlError(
    "conflict",
    "LOG_MOVED",
    `execution ${execution_id} is at seq ${seq}, the writer knew ${expected}`,
    { hint: "load the events in between, fold them and decide again", data: { seq, expected } },
  );
}

export function unknownRun(execution_id: string): NoetlError {
  return new NoetlError("not_found", "EXECUTION_NOT_FOUND", `execution not found: ${execution_id}`);
}
