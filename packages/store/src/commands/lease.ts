import type { CommandStatus, Commands } from "../port/commands.ts";
import { type Operation, raw, type Statement, sql } from "../sql/statement.ts";
import { at, text } from "../sql/values.ts";
import { unknownCommand } from "./claim.ts";

type Held = { event_id: string; worker_id: string; fence?: number };

const held = (input: Held): Statement =>
  sql`command_id = ${input.event_id} AND worker_id = ${input.worker_id} AND status IN ('CLAIMED', 'RUNNING')
    ${input.fence === undefined ? raw("") : sql`AND fence = ${input.fence}`}`;

export function* heartbeat(
  input: Parameters<Commands["heartbeat"]>[0],
  now: number,
): Operation<{ held: boolean; status: CommandStatus }> {
  const [row] = yield sql`
    UPDATE noetl.command SET status = 'RUNNING', started_at = coalesce(started_at, ${at(now)}), heartbeat_at = ${at(now)},
      lease_until = ${at(now + input.lease_ms)}, updated_at = ${at(now)}
    WHERE ${held(input)} RETURNING status`;
  if (row) return { held: true, status: "RUNNING" };
  const [lost] = yield sql`SELECT status FROM noetl.command WHERE command_id = ${input.event_id}`;
  if (!lost) throw unknownCommand(input.event_id);
  return { held: false, status: text(lost.status) as CommandStatus };
}

export function* release(input: Held, now: number): Operation<boolean> {
  const rows = yield sql`
    UPDATE noetl.command SET status = 'PENDING', worker_id = NULL, claimed_at = NULL, started_at = NULL, lease_until = NULL,
      heartbeat_at = NULL, reserved_until = NULL, fence = fence + 1, updated_at = ${at(now)}
    WHERE ${held(input)} RETURNING command_id`;
  return rows.length === 1;
}
