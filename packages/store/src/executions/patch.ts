import { raw, type Statement, sql } from "../sql/statement.ts";
import { at, toJson } from "../sql/values.ts";
import type { ExecutionPatch } from "../store.ts";

/** Moves the head of a run and what its summary row shows, in the transaction of the events. */
export function patch(executionId: string, seq: number, change: ExecutionPatch, now: number): Statement {
  const status = change.status === undefined ? raw("") : sql`, status = ${change.status}`;
  const ended = change.ended_at === undefined ? raw("") : sql`, end_time = ${at(change.ended_at)}`;
  const error = change.error === undefined ? raw("") : sql`, error = ${toJson(change.error)}`;
  return sql`UPDATE noetl.execution SET seq = ${seq}, updated_at = ${at(now)}${status}${ended}${error}
    WHERE execution_id = ${executionId}`;
}
