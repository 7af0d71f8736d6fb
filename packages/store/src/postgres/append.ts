import { END } from "../commands/follow.ts";
import { type Appended, type AppendInput, append } from "../log/append.ts";
import { isRunEnd, toRow } from "../log/event-row.ts";
import { type Statement, sql } from "../sql/statement.ts";
import { at, int, toJson } from "../sql/values.ts";
import type { PostgresDatabase } from "./database.ts";
import { isDuplicate, isRace, postgresError } from "./errors.ts";

/**
 * An append in one round trip, for the common case: all events are new and nobody wrote in between. The conditional
 * update of the run's head is the lock and the check; everything else hangs on it. Otherwise nothing is written and the
 * general operation decides what it was: a repeat, a conflict, an unknown run.
 */
export async function appendOnce(db: PostgresDatabase, input: AppendInput, now: number): Promise<Appended> {
  if (isCommon(input)) {
    try {
      const [row] = await db.once(statement(input, now));
      const appended = input.events.length;
      if (int(row?.moved) === 1) return { appended, seq: input.expectedSeq + appended };
    } catch (error) {
      if (!isDuplicate(error) && !isRace(error)) throw postgresError(error);
    }
  }
  return db.write(() => append(db, input, now));
}

function isCommon(input: AppendInput): boolean {
  return (
    input.events.length > 0 &&
    !input.events.some((event) => event.type === "command.started") &&
    !input.commands?.some((command) => command.attempt > 1)
  );
}

function statement(input: AppendInput, now: number): Statement {
  const { execution_id, expectedSeq, summary = {}, commands = [], outbox = [], fence } = input;
  const rows = input.events.map(toRow);
  const ends = rows.filter((row) => row.type in END);
  const time = at(now);
  // Nulls stand for themselves in arrays of text.
  const column = <T>(items: readonly T[], pick: (item: T) => string | null) => items.map(pick) as readonly string[];
  return sql`
    WITH held AS (
      SELECT 1 FROM noetl.command WHERE command_id = ${fence?.event_id ?? null}::bigint
        AND worker_id = ${fence?.worker_id ?? null}::text AND status <> 'CANCELLED'
        AND (${fence?.fence ?? null}::int IS NULL OR fence = ${fence?.fence ?? null}::int) FOR UPDATE
    ), moved AS (
      UPDATE noetl.execution SET seq = ${expectedSeq + rows.length}, updated_at = ${time},
        status = coalesce(${summary.status ?? null}, status),
        end_time = CASE WHEN ${summary.ended_at !== undefined}::bool THEN ${at(summary.ended_at ?? null)}::timestamptz ELSE end_time END,
        error = CASE WHEN ${summary.error !== undefined}::bool THEN ${toJson(summary.error)}::text ELSE error END
      WHERE execution_id = ${execution_id} AND seq = ${expectedSeq}
        AND (${fence === undefined}::bool OR EXISTS (SELECT 1 FROM held))
      RETURNING catalog_id
    ), logged AS (
      INSERT INTO noetl.event (execution_id, event_id, stream_version, event_type, node_id, node_name, command_key, status,
        created_at, body, catalog_id)
      SELECT ${execution_id}::bigint, e.id, ${expectedSeq}::bigint + e.place, e.type, e.node, e.node, e.key, e.status, e.time, e.body,
        moved.catalog_id
      FROM moved, unnest(${column(rows, (row) => row.event_id)}::bigint[], ${column(rows, (row) => row.type)}::text[],
        ${column(rows, (row) => row.node)}::text[], ${column(rows, (row) => row.command_key)}::text[],
        ${column(rows, (row) => row.status)}::text[], ${column(rows, (row) => row.created_at)}::timestamp[],
        ${column(rows, (row) => row.body)}::text[]) WITH ORDINALITY AS e (id, type, node, key, status, time, body, place)
    ), ended AS (
      UPDATE noetl.command SET completed_at = ${time}, updated_at = ${time}, lease_until = NULL,
        status = coalesce((${column(ends, (row) => END[row.type] ?? null)}::text[])[
          array_position(${column(ends, (row) => row.command_key)}::text[], command_key)], 'CANCELLED')
      WHERE EXISTS (SELECT 1 FROM moved) AND execution_id = ${execution_id} AND status IN ('PENDING', 'CLAIMED', 'RUNNING')
        AND (${rows.some((row) => isRunEnd(row.type))}::bool
          OR command_key = ANY (${column(ends, (row) => row.command_key)}::text[]))
    ), issued AS (
      INSERT INTO noetl.command (command_id, event_id, execution_id, catalog_id, command_key, step_name, tool_kind, pool, attempt,
        body, meta, created_at, updated_at)
      SELECT c.id, c.id, ${execution_id}::bigint, c.catalog, c.key, c.step, c.kind, c.pool, 1, c.body, c.meta, ${time}, ${time}
      FROM moved, unnest(${column(commands, (item) => item.event_id)}::bigint[],
        ${column(commands, (item) => item.catalog_id ?? null)}::bigint[], ${column(commands, (item) => item.command_id)}::text[],
        ${column(commands, (item) => item.step)}::text[], ${column(commands, (item) => item.kind)}::text[],
        ${column(commands, (item) => item.pool)}::text[], ${column(commands, (item) => toJson(item.body))}::text[],
        ${column(commands, (item) => toJson(item.meta))}::jsonb[]) AS c (id, catalog, key, step, kind, pool, body, meta)
    ), queued AS (
      INSERT INTO noetl.outbox (execution_id, event_id, subject, payload, available_at, created_at, updated_at)
      SELECT ${execution_id}::bigint, m.id, m.subject, m.payload, m.due, ${time}, ${time}
      FROM moved, unnest(${column(outbox, (item) => item.event_id)}::bigint[], ${column(outbox, (item) => item.subject)}::text[],
        ${column(outbox, (item) => JSON.stringify(item.payload))}::json[],
        ${column(outbox, (item) => at(now + (item.delay_ms ?? 0)))}::timestamptz[]) AS m (id, subject, payload, due)
    )
    SELECT count(*) AS moved FROM moved`;
}
