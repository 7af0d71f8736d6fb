import type { Context } from "../context.ts";
import type { Outbox, OutboxRow } from "../port/outbox.ts";
import type { Database } from "../sql/database.ts";
import { skipLocked } from "../sql/lock.ts";
import { list, type Operation, sql } from "../sql/statement.ts";
import { at, int, json, text } from "../sql/values.ts";

/** A publisher that died holds its rows for so long, ms. */
const ABANDONED = 60_000;
const LIMIT = 20;
const LONGEST = 300_000;

/** One statement; when it is forgotten the messages are published once more. */
const LIGHT = { atomic: false, durable: false };

/** `Outbox` over any database (server-api §6.2). */
export function outbox(context: Context): Outbox {
  const { db, clock } = context;
  return {
    take: (limit) => db.write(() => take(db, limit, clock.now())),
    published: (outboxIds) =>
      db.write(function* () {
        const now = at(clock.now());
        yield sql`UPDATE noetl.outbox SET status = 'PUBLISHED', published_at = ${now}, updated_at = ${now}
          WHERE outbox_id IN ${list(outboxIds)}`;
      }, LIGHT),
    publishedEvents: (events) =>
      db.write(function* () {
        const now = at(clock.now());
        yield sql`UPDATE noetl.outbox SET status = 'PUBLISHED', published_at = ${now}, updated_at = ${now}
          WHERE execution_id IN ${list([...new Set(events.map((one) => one.execution_id))])}
            AND event_id IN ${list(events.map((one) => one.event_id))} AND status <> 'PUBLISHED'`;
      }, LIGHT),
    failed: (outboxId, error) => db.write(() => failed(outboxId, error, clock.now())),
    release: (outboxIds) =>
      db.write(function* () {
        const now = at(clock.now());
        yield sql`UPDATE noetl.outbox SET status = 'PENDING', attempts = attempts - 1, locked_at = NULL, updated_at = ${now}
          WHERE outbox_id IN ${list(outboxIds)} AND status = 'IN_FLIGHT'`;
      }),
    purge: (before) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.outbox WHERE status = 'PUBLISHED' AND published_at < ${at(before)}
          RETURNING outbox_id`;
        return gone.length;
      }),
    depth: () => db.read(depth),
  };
}

function* take(db: Database, limit: number, now: number): Operation<OutboxRow[]> {
  const due = yield sql`
    SELECT outbox_id FROM noetl.outbox
    WHERE status <> 'PUBLISHED' AND available_at <= ${at(now)} AND attempts < ${LIMIT}
      AND (status <> 'IN_FLIGHT' OR locked_at <= ${at(now - ABANDONED)})
    ORDER BY outbox_id LIMIT ${limit} ${skipLocked(db)}`;
  if (due.length === 0) return [];
  const taken = yield sql`
    UPDATE noetl.outbox SET status = 'IN_FLIGHT', attempts = attempts + 1, locked_at = ${at(now)}, updated_at = ${at(now)}
    WHERE outbox_id IN ${list(due.map((row) => text(row.outbox_id)))}
    RETURNING outbox_id, execution_id, event_id, subject, payload, attempts`;
  return taken
    .map((row) => ({
      outbox_id: text(row.outbox_id),
      execution_id: text(row.execution_id),
      event_id: text(row.event_id),
      subject: text(row.subject),
      payload: json(row.payload),
      attempts: int(row.attempts),
    }))
    .sort((a, b) => Number(BigInt(a.outbox_id) - BigInt(b.outbox_id)));
}

function* failed(outboxId: string, error: string, now: number): Operation<void> {
  const [row] = yield sql`SELECT attempts FROM noetl.outbox WHERE outbox_id = ${outboxId}`;
  if (!row) return;
  const delay = Math.min(LONGEST, 1_000 * 2 ** Math.min(8, int(row.attempts) - 1));
  yield sql`UPDATE noetl.outbox SET status = 'FAILED', last_error = ${error.slice(0, 2_000)}, available_at = ${at(now + delay)},
    locked_at = NULL, updated_at = ${at(now)} WHERE outbox_id = ${outboxId} AND status = 'IN_FLIGHT'`;
}

function* depth(): Operation<{ pending: number; in_flight: number; failed: number; dead: number }> {
  const [row] = yield sql`
    SELECT count(*) FILTER (WHERE status = 'PENDING') AS pending, count(*) FILTER (WHERE status = 'IN_FLIGHT') AS in_flight,
      count(*) FILTER (WHERE status = 'FAILED' AND attempts < ${LIMIT}) AS failed,
      count(*) FILTER (WHERE status = 'FAILED' AND attempts >= ${LIMIT}) AS dead
    FROM noetl.outbox WHERE status <> 'PUBLISHED'`;
  return {
    pending: int(row?.pending),
    in_flight: int(row?.in_flight),
    failed: int(row?.failed),
    dead: int(row?.dead),
  };
}
