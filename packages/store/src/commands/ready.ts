import type { CommandRow, Commands } from "../port/commands.ts";
import type { Database } from "../sql/database.ts";
import { skipLocked } from "../sql/lock.ts";
import { list, type Operation, sql } from "../sql/statement.ts";
import { at, text } from "../sql/values.ts";
import { columns, commandRow } from "./row.ts";

/** Waiting first: a lapsed lease is the exception, and is only looked for when there is room left. */
export function* ready(db: Database, input: Parameters<Commands["ready"]>[0], now: number): Operation<CommandRow[]> {
  const pools = list(input.pools);
  const free = sql`(reserved_until IS NULL OR reserved_until <= ${at(now)})`;
  const found = yield sql`
    SELECT command_id FROM noetl.command WHERE status = 'PENDING' AND pool IN ${pools} AND ${free}
    ORDER BY command_id LIMIT ${input.limit} ${skipLocked(db)}`;
  if (found.length < input.limit) {
    const lapsed = yield sql`
      SELECT command_id FROM noetl.command
      WHERE status IN ('CLAIMED', 'RUNNING') AND lease_until <= ${at(now)} AND pool IN ${pools} AND ${free}
      ORDER BY command_id LIMIT ${input.limit - found.length} ${skipLocked(db)}`;
    found.push(...lapsed);
  }
  if (found.length === 0) return [];
  const reserved = yield sql`
    UPDATE noetl.command SET reserved_until = ${at(now + input.reserve_ms)}
    WHERE command_id IN ${list(found.map((row) => text(row.command_id)))} RETURNING ${columns}`;
  return reserved.map(commandRow).sort((a, b) => (BigInt(a.event_id) < BigInt(b.event_id) ? -1 : 1));
}

export function* stalled(input: Parameters<Commands["stalled"]>[0], now: number): Operation<CommandRow[]> {
  const lapsed = yield sql`
    SELECT ${columns} FROM noetl.command WHERE status IN ('CLAIMED', 'RUNNING') AND lease_until <= ${at(now)}
    ORDER BY lease_until LIMIT ${input.limit}`;
  const waiting = yield sql`
    SELECT ${columns} FROM noetl.command WHERE status = 'PENDING' AND created_at <= ${at(now - input.pending_ms)}
    ORDER BY command_id LIMIT ${input.limit - lapsed.length}`;
  return [...lapsed, ...waiting].map(commandRow);
}

export function* depth(): Operation<{ pool: string; pending: number; running: number }[]> {
  const rows = yield sql`
    SELECT pool, count(*) FILTER (WHERE status = 'PENDING') AS pending, count(*) FILTER (WHERE status <> 'PENDING') AS running
    FROM noetl.command WHERE completed_at IS NULL AND status IN ('PENDING', 'CLAIMED', 'RUNNING') GROUP BY pool ORDER BY pool`;
  return rows.map((row) => ({ pool: text(row.pool), pending: Number(row.pending), running: Number(row.running) }));
}
