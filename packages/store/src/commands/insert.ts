import type { NewCommand } from "../port/commands.ts";
import { type Statement, sql } from "../sql/statement.ts";
import { at, toJson } from "../sql/values.ts";

/** A command that waits, or is claimed already; an engine that decides twice issues once. */
export function insertCommand(executionId: string, command: NewCommand, now: number): Statement {
  const { claim } = command;
  const time = at(now);
  const claims = claim ? 1 : 0;
  return sql`
    INSERT INTO noetl.command (command_id, event_id, execution_id, catalog_id, command_key, step_name, tool_kind, pool, attempt, body,
      meta, created_at, updated_at, status, claims, fence, worker_id, claimed_at, lease_until)
    VALUES (${command.event_id}, ${command.event_id}, ${executionId}, ${command.catalog_id ?? null}, ${command.command_id}, ${command.step},
      ${command.kind}, ${command.pool}, ${command.attempt}, ${toJson(command.body)}, ${toJson(command.meta)}, ${time}, ${time},
      ${claim ? "CLAIMED" : "PENDING"}, ${claims}, ${claims}, ${claim?.worker_id ?? null}, ${claim ? time : null},
      ${claim ? at(now + claim.lease_ms) : null})
    ON CONFLICT DO NOTHING`;
}
