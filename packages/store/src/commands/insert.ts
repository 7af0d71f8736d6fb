import type { NewCommand } from "../port/commands.ts";
import { type Statement, sql } from "../sql/statement.ts";
import { at, toJson } from "../sql/values.ts";

/** A waiting command; an engine that decides twice issues once. */
export function insertCommand(executionId: string, command: NewCommand, now: number): Statement {
  return sql`
    INSERT INTO noetl.command (command_id, event_id, execution_id, catalog_id, command_key, step_name, tool_kind, pool, attempt, body,
      meta, created_at, updated_at)
    VALUES (${command.event_id}, ${command.event_id}, ${executionId}, ${command.catalog_id ?? null}, ${command.command_id}, ${command.step},
      ${command.kind}, ${command.pool}, ${command.attempt}, ${toJson(command.body)}, ${toJson(command.meta)}, ${at(now)}, ${at(now)})
    ON CONFLICT DO NOTHING`;
}
