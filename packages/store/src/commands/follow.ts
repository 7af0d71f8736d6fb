import { type EventRow, isRunEnd } from "../log/event-row.ts";
import type { NewCommand } from "../port/commands.ts";
import { type Operation, type Statement, sql } from "../sql/statement.ts";
import { at } from "../sql/values.ts";

export const END: { [type: string]: string } = {
  "command.completed": "COMPLETED",
  "command.failed": "FAILED",
  "command.cancelled": "CANCELLED",
};

/** Rows follow from events (server-api §4.5): a terminal state is never left. */
export function* follow(executionId: string, event: EventRow, now: number): Operation<void> {
  const end = END[event.type];
  if (end !== undefined) {
    yield sql`UPDATE noetl.command SET status = ${end}, completed_at = ${at(now)}, updated_at = ${at(now)}, lease_until = NULL
      WHERE execution_id = ${executionId} AND command_key = ${event.command_key}
        AND status IN ('PENDING', 'CLAIMED', 'RUNNING')`;
  } else if (event.type === "command.started") {
    yield sql`UPDATE noetl.command SET status = 'RUNNING', started_at = ${at(now)}, updated_at = ${at(now)}
      WHERE execution_id = ${executionId} AND command_key = ${event.command_key} AND status = 'CLAIMED'`;
  } else if (isRunEnd(event.type)) {
    yield sql`UPDATE noetl.command SET status = 'CANCELLED', completed_at = ${at(now)}, updated_at = ${at(now)}, lease_until = NULL
      WHERE execution_id = ${executionId} AND completed_at IS NULL AND status IN ('PENDING', 'CLAIMED', 'RUNNING')`;
  }
}

/** A command issued again after its worker was lost: nobody may claim the older row. */
export function supersede(executionId: string, command: NewCommand, now: number): Statement {
  return sql`UPDATE noetl.command SET status = 'CANCELLED', completed_at = ${at(now)}, updated_at = ${at(now)}, lease_until = NULL
    WHERE execution_id = ${executionId} AND command_key = ${command.command_id} AND command_id <> ${command.event_id}
      AND status IN ('PENDING', 'CLAIMED', 'RUNNING')`;
}
