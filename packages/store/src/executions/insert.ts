import { type Statement, sql } from "../sql/statement.ts";
import { at, toJson } from "../sql/values.ts";
import type { ExecutionSummary } from "../store.ts";

/** The text of a playbook, once; never changed, never removed. */
export function keepDefinition(sha256: string, content: string): Statement {
  return sql`INSERT INTO noetl.definition (sha256, content) VALUES (${sha256}, ${content}) ON CONFLICT DO NOTHING`;
}

/** Gives a row when it was made, none when it was there. */
export function insertRun(run: ExecutionSummary, now: number): Statement {
  const time = at(now);
  return sql`
    INSERT INTO noetl.execution (execution_id, path, name, version, catalog_id, status, start_time, end_time,
      parent_execution_id, root_execution_id, source, error, definition, resumed_from, seq, created_at, updated_at)
    VALUES (${run.execution_id}, ${run.path}, ${run.name}, ${run.version}, ${run.catalog_id}, ${run.status},
      ${at(run.started_at)}, ${at(run.ended_at)}, ${run.parent_execution_id}, ${run.root_execution_id}, ${run.source},
      ${toJson(run.error)}, ${run.definition}, ${run.resumed_from}, ${run.seq}, ${time}, ${time})
    ON CONFLICT DO NOTHING RETURNING 1 AS made`;
}
