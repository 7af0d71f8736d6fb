import type { CommandRow, CommandStatus } from "../port/commands.ts";
import { type Row, sql } from "../sql/statement.ts";
import { int, jsonObject, ms, msOrNull, text, textOrNull } from "../sql/values.ts";

export const columns = sql`command_id, execution_id, catalog_id, command_key, step_name, tool_kind, pool, status, attempt,
  claims, fence, worker_id, claimed_at, started_at, heartbeat_at, lease_until, completed_at, meta, created_at`;

export function commandRow(row: Row): CommandRow {
  return {
    execution_id: text(row.execution_id),
    event_id: text(row.command_id),
    command_id: text(row.command_key),
    catalog_id: textOrNull(row.catalog_id),
    step: text(row.step_name),
    kind: text(row.tool_kind),
    pool: text(row.pool),
    status: text(row.status) as CommandStatus,
    attempt: int(row.attempt),
    claims: int(row.claims),
    fence: int(row.fence),
    worker_id: textOrNull(row.worker_id),
    claimed_at: msOrNull(row.claimed_at),
    started_at: msOrNull(row.started_at),
    heartbeat_at: msOrNull(row.heartbeat_at),
    lease_until: msOrNull(row.lease_until),
    completed_at: msOrNull(row.completed_at),
    created_at: ms(row.created_at),
    meta: jsonObject(row.meta),
  };
}

export function isTerminal(status: CommandStatus): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}
