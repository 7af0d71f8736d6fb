import { claim } from "../commands/claim.ts";
import { columns, commandRow } from "../commands/row.ts";
import type { Claim, ClaimInput } from "../port/commands.ts";
import { sql } from "../sql/statement.ts";
import { at, json } from "../sql/values.ts";
import type { PostgresDatabase } from "./database.ts";
import { isDuplicate, isRace, postgresError } from "./errors.ts";

/** A claim of a waiting command, with its event, in one round trip; anything else goes through the policy. */
export async function claimOnce(db: PostgresDatabase, input: ClaimInput, now: number): Promise<Claim> {
  try {
    const [row] = await db.once(sql`
      WITH won AS (
        UPDATE noetl.command SET status = 'CLAIMED', worker_id = ${input.worker_id}, claimed_at = ${at(now)}, started_at = NULL,
          claims = claims + 1, fence = fence + 1, reserved_until = NULL, heartbeat_at = ${at(now)},
          lease_until = ${at(now + input.lease_ms)}, updated_at = ${at(now)}
        WHERE command_id = ${input.event_id} AND status = 'PENDING' RETURNING ${columns}, body
      ), noted AS (
        INSERT INTO noetl.event (execution_id, event_id, stream_version, event_type, node_id, node_name, command_key, status,
          worker_id, created_at, body)
        SELECT won.execution_id, ${input.claimed_event_id ?? null}::bigint, execution.seq, 'command.claimed', step_name, step_name,
          command_key, 'RUNNING', won.worker_id, ${at(now)}::timestamp, json_build_object('type', 'command.claimed',
            'step', step_name, 'run', coalesce(substring(substr(command_key, length(step_name) + 1) from '^#(\\d+)')::int, 1),
            'command_id', command_key, 'worker_id', won.worker_id, 'ts', ${now}::bigint)
        FROM won JOIN noetl.execution USING (execution_id) WHERE ${input.claimed_event_id !== undefined}::bool
        ON CONFLICT DO NOTHING
      )
      SELECT * FROM won`);
    if (row) return { outcome: "claimed", command: commandRow(row), body: json(row.body), again: false };
  } catch (error) {
    if (!isDuplicate(error) && !isRace(error)) throw postgresError(error);
  }
  return db.write(() => claim(db, input, now));
}
