import { NoetlError } from "@noetl/core";
import { END } from "../commands/follow.ts";
import type { Database } from "../sql/database.ts";
import { forUpdate } from "../sql/lock.ts";
import { list, type Operation, sql } from "../sql/statement.ts";
import { at, int, msOrNull, text, toJson } from "../sql/values.ts";
import type { Executions } from "../store.ts";

type Input = Parameters<Executions["rebuild"]>[0];

/** Brings the row of a run, and the rows of its commands, to what its log says. */
export function* rebuild(db: Database, input: Input, now: number): Operation<{ run: boolean; commands: number }> {
  const { execution_id, status, ended_at, error } = input;
  const [row] =
    yield sql`SELECT status, end_time, seq FROM noetl.execution WHERE execution_id = ${execution_id} ${forUpdate(db)}`;
  if (!row) throw new NoetlError("not_found", "EXECUTION_NOT_FOUND", `execution not found: ${execution_id}`);
  const [head] = yield sql`SELECT max(stream_version) AS seq FROM noetl.event WHERE execution_id = ${execution_id}`;
  const seq = int(head?.seq ?? 0);
  if (seq !== input.seq) {
    throw new NoetlError("conflict", "LOG_MOVED", `execution ${execution_id} went on while it was rebuilt`);
  }
  const run = text(row.status) !== status || int(row.seq) !== seq || msOrNull(row.end_time) !== ended_at;
  if (run) {
    yield sql`UPDATE noetl.execution SET status = ${status}, end_time = ${at(ended_at)}, error = ${toJson(error ?? undefined)},
      seq = ${seq}, updated_at = ${at(now)} WHERE execution_id = ${execution_id}`;
  }
  let commands = 0;
  for (const [type, end] of Object.entries(END)) {
    const moved = yield sql`
      UPDATE noetl.command SET status = ${end}, completed_at = ${at(now)}, updated_at = ${at(now)}, lease_until = NULL
      WHERE execution_id = ${execution_id} AND status IN ('PENDING', 'CLAIMED', 'RUNNING') AND command_key IN (
        SELECT command_key FROM noetl.event WHERE execution_id = ${execution_id} AND event_type = ${type})
      RETURNING command_id`;
    commands += moved.length;
  }
  // Rows of calls that the log knows nothing of any more.
  const stray = yield sql`
    UPDATE noetl.command SET status = 'CANCELLED', completed_at = ${at(now)}, updated_at = ${at(now)}, lease_until = NULL
    WHERE execution_id = ${execution_id} AND status IN ('PENDING', 'CLAIMED', 'RUNNING')
      AND command_key NOT IN ${list(input.open.length === 0 ? [""] : [...input.open])}
    RETURNING command_id`;
  return { run, commands: commands + stray.length };
}
