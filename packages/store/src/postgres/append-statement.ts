import { claimedEvent } from "../commands/claimed-event.ts";
import { END } from "../commands/follow.ts";
import type { AppendInput } from "../log/append.ts";
import { isRunEnd, toRow } from "../log/event-row.ts";
import { type Statement, sql } from "../sql/statement.ts";
import { at, toJson } from "../sql/values.ts";
import { array, documents } from "./columns.ts";

const column = <T>(items: readonly T[], pick: (item: T) => string | null) => array(items.map(pick));
const texts = <T>(items: readonly T[], pick: (item: T) => string | null) => documents(items.map(pick));

/**
 * Appends of several runs as one statement, hence one transaction and one round trip. What a run writes hangs on its head:
 * on the conditional update, which is lock and check, or on the row that begins it. Rows: the runs that were written;
 * of the others nothing was. `known`: texts of playbooks that are stored already. Open commands of a run are said in words that
 * the index of open commands does not know, where a key finds them: to the planner that index is a short list, and it would read
 * the open commands of all runs.
 */
export function appendStatement(inputs: readonly AppendInput[], known: ReadonlySet<string>, now: number): Statement {
  const time = at(now);
  const moves = inputs.filter(({ create }) => !create);
  const creates = inputs.flatMap((input) =>
    input.create ? [{ input, run: { ...input.create.summary, ...input.summary }, text: input.create.definition }] : [],
  );
  const unknown = creates.filter(({ run }) => !known.has(run.definition));
  const perRun = inputs.map((input) => ({ input, rows: input.events.map(toRow) }));
  const rows = perRun.flatMap(({ input, rows: own }) => {
    const last = input.expectedSeq + own.length;
    const claimed = (input.commands ?? []).flatMap(({ claim, ...command }) =>
      claim ? [claimedEvent(command, claim, now)] : [],
    );
    return [...own, ...claimed].map((row, index) => ({
      ...row,
      run: input.execution_id,
      seq: String(Math.min(input.expectedSeq + index + 1, last)),
    }));
  });
  const ends = rows.filter((row) => row.type in END);
  const overs = rows.filter((row) => isRunEnd(row.type));
  const commands = inputs.flatMap((input) =>
    (input.commands ?? []).map((command) => ({ ...command, run: input.execution_id })),
  );
  const messages = inputs.flatMap((input) =>
    (input.outbox ?? []).map((message) => ({ ...message, run: input.execution_id })),
  );
  const endRuns = column(ends, (row) => row.run);
  const endKeys = column(ends, (row) => row.command_key);
  return sql`
    WITH turn AS (
      SELECT * FROM unnest(${column(moves, (one) => one.execution_id)}::bigint[],
        ${column(moves, (one) => String(one.expectedSeq))}::bigint[],
        ${column(moves, (one) => String(one.expectedSeq + one.events.length))}::bigint[],
        ${column(moves, (one) => one.summary?.status ?? null)}::text[],
        ${column(moves, (one) => at(one.summary?.ended_at ?? null))}::timestamptz[],
        ${column(moves, (one) => toJson(one.summary?.error))}::text[],
        ${column(moves, (one) => one.fence?.event_id ?? null)}::bigint[],
        ${column(moves, (one) => one.fence?.worker_id ?? null)}::text[],
        ${column(moves, (one) => (one.fence?.fence === undefined ? null : String(one.fence.fence)))}::int[])
        AS t (run, expected, seq, status, ended, error, fence_id, fence_worker, fence_number)
    ), held AS (
      SELECT c.command_id FROM turn t JOIN noetl.command c ON c.command_id = t.fence_id
      WHERE c.worker_id = t.fence_worker AND c.status <> 'CANCELLED'
        AND (t.fence_number IS NULL OR c.fence = t.fence_number)
      FOR UPDATE OF c
    ), moved AS (
      UPDATE noetl.execution x SET seq = t.seq, updated_at = ${time}, status = coalesce(t.status, x.status),
        end_time = coalesce(t.ended, x.end_time), error = coalesce(t.error, x.error)
      FROM turn t WHERE x.execution_id = t.run AND x.seq = t.expected
        AND (t.fence_id IS NULL OR t.fence_id IN (SELECT command_id FROM held))
      RETURNING x.execution_id, x.catalog_id
    ), kept AS (
      INSERT INTO noetl.definition (sha256, content)
      SELECT * FROM unnest(${column(unknown, ({ run }) => run.definition)}::text[], ${column(unknown, ({ text }) => text)}::text[])
      ON CONFLICT DO NOTHING
    ), made AS (
      INSERT INTO noetl.execution (execution_id, path, name, version, catalog_id, status, start_time, end_time, parent_execution_id,
        root_execution_id, source, error, definition, resumed_from, seq, created_at, updated_at)
      SELECT b.*, ${time}, ${time} FROM unnest(${column(creates, ({ run }) => run.execution_id)}::bigint[],
        ${column(creates, ({ run }) => run.path)}::text[], ${column(creates, ({ run }) => run.name)}::text[],
        ${column(creates, ({ run }) => run.version)}::text[], ${column(creates, ({ run }) => run.catalog_id)}::bigint[],
        ${column(creates, ({ run }) => run.status)}::text[], ${column(creates, ({ run }) => at(run.started_at))}::timestamptz[],
        ${column(creates, ({ run }) => at(run.ended_at))}::timestamptz[],
        ${column(creates, ({ run }) => run.parent_execution_id)}::bigint[],
        ${column(creates, ({ run }) => run.root_execution_id)}::bigint[], ${column(creates, ({ run }) => run.source)}::text[],
        ${column(creates, ({ run }) => toJson(run.error))}::text[], ${column(creates, ({ run }) => run.definition)}::text[],
        ${column(creates, ({ run }) => run.resumed_from)}::bigint[],
        ${column(creates, ({ input }) => String(input.expectedSeq + input.events.length))}::bigint[]) AS b
      ON CONFLICT DO NOTHING RETURNING execution_id, catalog_id
    ), written AS (
      SELECT * FROM moved UNION ALL SELECT * FROM made
    ), logged AS (
      INSERT INTO noetl.event (execution_id, event_id, stream_version, event_type, node_id, node_name, command_key, status,
        created_at, body, catalog_id)
      SELECT e.run, e.id, e.seq, e.type, e.node, e.node, e.key, e.status, e.time, e.body, written.catalog_id
      FROM unnest(${column(rows, (row) => row.run)}::bigint[], ${column(rows, (row) => row.event_id)}::bigint[],
        ${column(rows, (row) => row.seq)}::bigint[], ${column(rows, (row) => row.type)}::text[],
        ${column(rows, (row) => row.node)}::text[], ${column(rows, (row) => row.command_key)}::text[],
        ${column(rows, (row) => row.status)}::text[], ${column(rows, (row) => row.created_at)}::timestamp[],
        string_to_array(${texts(rows, (row) => row.body)}, chr(31), '')) AS e (run, id, seq, type, node, key, status, time, body)
      JOIN written ON written.execution_id = e.run
    ), ended AS (
      UPDATE noetl.command c SET status = e.status, completed_at = ${time}, updated_at = ${time}, lease_until = NULL
      FROM written, unnest(${endRuns}::bigint[], ${endKeys}::text[], ${column(ends, (row) => END[row.type] ?? null)}::text[])
        AS e (run, key, status)
      WHERE written.execution_id = e.run AND c.execution_id = e.run AND c.command_key = e.key
        AND c.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
    ), left_open AS (
      UPDATE noetl.command c SET status = 'CANCELLED', completed_at = ${time}, updated_at = ${time}, lease_until = NULL
      FROM written, unnest(${column(overs, (row) => row.run)}::bigint[]) AS o (run), LATERAL (
        SELECT command_id FROM noetl.command x
        WHERE x.execution_id = o.run AND x.status IN ('PENDING', 'CLAIMED', 'RUNNING') OFFSET 0) AS open
      WHERE written.execution_id = o.run AND c.command_id = open.command_id
        AND c.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
        AND NOT EXISTS (SELECT 1 FROM unnest(${endRuns}::bigint[], ${endKeys}::text[]) AS e (run, key)
          WHERE e.run = c.execution_id AND e.key = c.command_key)
    ), issued AS (
      INSERT INTO noetl.command (command_id, event_id, execution_id, catalog_id, command_key, step_name, tool_kind, pool, attempt,
        body, meta, created_at, updated_at, status, claims, fence, worker_id, claimed_at, lease_until)
      SELECT c.id, c.id, c.run, c.catalog, c.key, c.step, c.kind, c.pool, 1, c.body, c.meta, ${time}, ${time},
        CASE WHEN c.worker IS NULL THEN 'PENDING' ELSE 'CLAIMED' END, (c.worker IS NOT NULL)::int, (c.worker IS NOT NULL)::int,
        c.worker, CASE WHEN c.worker IS NULL THEN NULL ELSE ${time}::timestamptz END, c.lease
      FROM unnest(${column(commands, (one) => one.run)}::bigint[], ${column(commands, (one) => one.event_id)}::bigint[],
        ${column(commands, (one) => one.catalog_id ?? null)}::bigint[], ${column(commands, (one) => one.command_id)}::text[],
        ${column(commands, (one) => one.step)}::text[], ${column(commands, (one) => one.kind)}::text[],
        ${column(commands, (one) => one.pool)}::text[],
        string_to_array(${texts(commands, (one) => toJson(one.body))}, chr(31), ''),
        string_to_array(${texts(commands, (one) => toJson(one.meta))}, chr(31), '')::jsonb[],
        ${column(commands, (one) => one.claim?.worker_id ?? null)}::text[],
        ${column(commands, (one) => at(one.claim ? now + one.claim.lease_ms : null))}::timestamptz[])
        AS c (run, id, catalog, key, step, kind, pool, body, meta, worker, lease)
      JOIN written ON written.execution_id = c.run
    ), queued AS (
      INSERT INTO noetl.outbox (execution_id, event_id, subject, payload, available_at, created_at, updated_at)
      SELECT m.run, m.id, m.subject, m.payload, m.due, ${time}, ${time}
      FROM unnest(${column(messages, (one) => one.run)}::bigint[], ${column(messages, (one) => one.event_id)}::bigint[],
        ${column(messages, (one) => one.subject)}::text[],
        string_to_array(${texts(messages, (one) => JSON.stringify(one.payload))}, chr(31), '')::json[],
        ${column(messages, (one) => at(now + (one.delay_ms ?? 0)))}::timestamptz[])
        WITH ORDINALITY AS m (run, id, subject, payload, due, place)
      JOIN written ON written.execution_id = m.run ORDER BY m.place
    )
    SELECT execution_id FROM written`;
}
