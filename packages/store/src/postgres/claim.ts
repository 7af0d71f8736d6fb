import type { Clock } from "@noetl/core";
import { claim } from "../commands/claim.ts";
import { columns, commandRow } from "../commands/row.ts";
import type { Claim, ClaimInput } from "../port/commands.ts";
import { type Row, type Statement, sql } from "../sql/statement.ts";
import { at, json, text, textOrNull } from "../sql/values.ts";
import { array } from "./columns.ts";
import type { PostgresDatabase } from "./database.ts";
import { isDuplicate, isRace, postgresError } from "./errors.ts";
import { grouped } from "./groups.ts";

/**
 * Claims of waiting commands, with their events: those that are asked for at one time are one statement; anything else goes
 * through the policy. It waits for the disk: a claim that a killed PostgreSQL forgets would let a second worker run what the
 * first one is still running.
 */
export function claimGroups(db: PostgresDatabase, clock: Clock): (input: ClaimInput) => Promise<Claim> {
  const general = (input: ClaimInput) => db.write(() => claim(db, input, clock.now()));

  return grouped<ClaimInput, Claim>({
    most: 64,
    lanes: 2,
    // Who is second must see that somebody was first.
    keyOf: (input) => input.event_id,
    async run(inputs) {
      try {
        const rows = await db.once(statement(inputs, clock.now()));
        const won = new Map(rows.map((row) => [text(row.command_id), row]));
        return inputs.map(async (input) => {
          const row = won.get(input.event_id);
          return row ? claimed(row) : general(input);
        });
      } catch (error) {
        if (!isDuplicate(error) && !isRace(error)) throw postgresError(error);
        return inputs.map(general);
      }
    },
  });
}

function claimed(row: Row): Claim {
  const run = textOrNull(row.run_status) as Extract<Claim, { outcome: "claimed" }>["run"] | null;
  return { outcome: "claimed", command: commandRow(row), body: json(row.body), again: false, ...(run ? { run } : {}) };
}

/** The status is an expression so that the index of waiting commands does not tempt the planner to read all that wait. */
function statement(inputs: readonly ClaimInput[], now: number): Statement {
  const time = at(now);
  const column = (pick: (input: ClaimInput) => string | null) => array(inputs.map(pick));
  return sql`
    WITH asked AS (
      SELECT * FROM unnest(${column((one) => one.event_id)}::bigint[], ${column((one) => one.worker_id)}::text[],
        ${column((one) => at(now + one.lease_ms))}::timestamptz[], ${column((one) => one.claimed_event_id ?? null)}::bigint[])
        AS a (id, worker, lease, noted)
    ), won AS (
      UPDATE noetl.command SET status = 'CLAIMED', worker_id = asked.worker, claimed_at = ${time}, started_at = NULL,
        claims = claims + 1, fence = fence + 1, reserved_until = NULL, heartbeat_at = ${time},
        lease_until = asked.lease, updated_at = ${time}
      FROM asked WHERE command_id = asked.id AND status || '' = 'PENDING' RETURNING ${columns}, body, asked.noted
    ), noted AS (
      INSERT INTO noetl.event (execution_id, event_id, stream_version, event_type, node_id, node_name, command_key, status,
        worker_id, created_at, body)
      SELECT won.execution_id, won.noted, execution.seq, 'command.claimed', step_name, step_name, command_key, 'RUNNING',
        won.worker_id, ${time}::timestamp, json_build_object('type', 'command.claimed', 'step', step_name, 'run',
          coalesce(substring(substr(command_key, length(step_name) + 1) from '^#(\\d+)')::int, 1),
          'command_id', command_key, 'worker_id', won.worker_id, 'ts', ${now}::bigint)
      FROM won JOIN noetl.execution USING (execution_id) WHERE won.noted IS NOT NULL
      ON CONFLICT DO NOTHING
    )
    SELECT won.*, (SELECT status FROM noetl.execution WHERE execution_id = won.execution_id) AS run_status FROM won`;
}
