import type { Json } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import { note } from "../log/append.ts";
import type { Claim, ClaimInput, CommandRow } from "../port/commands.ts";
import type { Database } from "../sql/database.ts";
import { forUpdate } from "../sql/lock.ts";
import { type Operation, type Row, raw, type Statement, sql } from "../sql/statement.ts";
import { at, json, ms, text } from "../sql/values.ts";
import { claimedEvent } from "./claimed-event.ts";
import { judge, type Owner } from "./policy.ts";
import { columns, commandRow, isTerminal } from "./row.ts";

/** A conditional update decides: of any number of workers one gets the command. */
export function* claim(db: Database, input: ClaimInput, now: number): Operation<Claim> {
  const [fresh] = yield take(input, sql`status = 'PENDING'`, now);
  if (fresh) return yield* taken(fresh, input, now);

  const [row] = yield sql`
    SELECT ${columns}, body FROM noetl.command WHERE command_id = ${input.event_id} ${forUpdate(db)}`;
  if (!row) throw unknownCommand(input.event_id);
  const command = commandRow(row);
  if (isTerminal(command.status)) return { outcome: "terminal", command };
  const verdict = judge(command, yield* ownerOf(command), input, now);
  if (verdict.reason === "mine") {
    yield take(input, raw("status <> 'PENDING'"), now, true);
    return { outcome: "claimed", command, body: json(row.body), again: true };
  }
  if (!verdict.take) return { outcome: "active", command, reason: verdict.reason };
  const [again] = yield take(input, sql`fence = ${command.fence}`, now);
  if (!again) return { outcome: "active", command, reason: "active_claim" };
  const won = yield* taken(again, input, now);
  return { ...won, reclaimed: { from: command.worker_id ?? "", reason: verdict.reason } };
}

/** `keep`: the same worker asks again, its lease is extended and nothing else. */
function take(input: ClaimInput, condition: Statement, now: number, keep = false): Statement {
  const changes = keep
    ? raw("")
    : sql`, status = 'CLAIMED', worker_id = ${input.worker_id}, claimed_at = ${at(now)}, started_at = NULL,
        claims = claims + 1, fence = fence + 1, reserved_until = NULL`;
  return sql`
    UPDATE noetl.command SET heartbeat_at = ${at(now)}, lease_until = ${at(now + input.lease_ms)}, updated_at = ${at(now)}${changes}
    WHERE command_id = ${input.event_id} AND ${condition} RETURNING ${columns}, body`;
}

function* taken(row: Row, input: ClaimInput, now: number): Operation<Extract<Claim, { outcome: "claimed" }>> {
  const command = commandRow(row);
  const { worker_id, claimed_event_id } = input;
  if (claimed_event_id !== undefined) {
    yield* note(command.execution_id, [claimedEvent(command, { worker_id, event_id: claimed_event_id }, now)], now);
  }
  const body: Json = json(row.body);
  return { outcome: "claimed", command, body, again: false };
}

function* ownerOf(command: CommandRow): Operation<Owner | undefined> {
  const [row] = yield sql`SELECT status, heartbeat FROM noetl.runtime
    WHERE kind = 'worker_pool' AND name = ${command.worker_id}`;
  return row && { status: text(row.status), heartbeat: ms(row.heartbeat) };
}

export function unknownCommand(eventId: string): NoetlError {
  return new NoetlError("not_found", "COMMAND_NOT_FOUND", `command not found: ${eventId}`);
}
