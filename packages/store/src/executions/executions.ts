import { NoetlError } from "@noetl/core";
import type { Context } from "../context.ts";
import { list, type Operation, type Row, sql, where } from "../sql/statement.ts";
import { int, jsonObjectOrNull, ms, msOrNull, text, textOrNull } from "../sql/values.ts";
import type { ExecutionSummary, Executions } from "../store.ts";
import { insertRun, keepDefinition } from "./insert.ts";
import { rebuild } from "./rebuild.ts";

/** `Executions` over any database. */
export function executions(context: Context): Executions {
  const { db, clock, files } = context;
  return {
    // A text without its execution does no harm.
    create: (summary, text) => db.write(() => create(summary, text, clock.now()), { atomic: false }),
    get: (executionId) => db.read(() => get(executionId)),
    definition: (sha256) => db.read(() => definition(sha256)),
    list: (filter = {}) => db.read(() => page(filter)),
    rebuild: (input) => db.write(() => rebuild(db, input, clock.now())),
    async delete(executionId) {
      const orphans = await db.write(() => remove(executionId));
      await files?.remove(orphans);
    },
  };
}

const columns = sql`execution_id, path, name, version, catalog_id, status, start_time, end_time, parent_execution_id,
  root_execution_id, source, error, definition, resumed_from, seq, created_at`;

/** Rows of an older NoETL lack what came later. */
function summary(row: Row): ExecutionSummary {
  return {
    execution_id: text(row.execution_id),
    path: text(row.path ?? ""),
    name: text(row.name ?? ""),
    version: textOrNull(row.version),
    catalog_id: textOrNull(row.catalog_id),
    status: text(row.status) as ExecutionSummary["status"],
    started_at: ms(row.start_time ?? row.created_at),
    ended_at: msOrNull(row.end_time),
    parent_execution_id: textOrNull(row.parent_execution_id),
    root_execution_id: text(row.root_execution_id ?? row.execution_id),
    source: textOrNull(row.source),
    error: jsonObjectOrNull(row.error),
    definition: text(row.definition ?? ""),
    resumed_from: textOrNull(row.resumed_from),
    seq: int(row.seq),
  };
}

function* create(run: ExecutionSummary, definitionText: string, now: number): Operation<void> {
  yield keepDefinition(run.definition, definitionText);
  const made = yield insertRun(run, now);
  if (made.length === 0) {
    throw new NoetlError("conflict", "EXECUTION_EXISTS", `execution exists already: ${run.execution_id}`);
  }
}

function* get(executionId: string): Operation<ExecutionSummary | undefined> {
  const [row] = yield sql`SELECT ${columns} FROM noetl.execution WHERE execution_id = ${executionId}`;
  return row && summary(row);
}

function* definition(sha256: string): Operation<string | undefined> {
  const [row] = yield sql`SELECT content FROM noetl.definition WHERE sha256 = ${sha256}`;
  return row && text(row.content);
}

function* page(filter: NonNullable<Parameters<Executions["list"]>[0]>): Operation<ExecutionSummary[]> {
  const conditions = [];
  if (filter.path !== undefined) conditions.push(sql`path = ${filter.path}`);
  if (filter.source !== undefined) conditions.push(sql`source = ${filter.source}`);
  if (filter.status !== undefined) conditions.push(sql`status IN ${list(filter.status)}`);
  if (filter.parent === null) conditions.push(sql`parent_execution_id IS NULL`);
  else if (filter.parent !== undefined) conditions.push(sql`parent_execution_id = ${filter.parent}`);
  if (filter.cursor !== undefined) conditions.push(sql`execution_id < ${filter.cursor}`);
  const rows = yield sql`SELECT ${columns} FROM noetl.execution ${where(conditions)}
    ORDER BY execution_id DESC LIMIT ${filter.limit ?? 100}`;
  return rows.map(summary);
}

/** Returns the files its results were spilled to. */
function* remove(executionId: string): Operation<string[]> {
  yield sql`DELETE FROM noetl.outbox WHERE execution_id = ${executionId}`;
  yield sql`DELETE FROM noetl.command WHERE execution_id = ${executionId}`;
  yield sql`DELETE FROM noetl.event WHERE execution_id = ${executionId}`;
  yield sql`DELETE FROM noetl.transient WHERE execution_id = ${executionId}`;
  yield sql`DELETE FROM noetl.keychain WHERE execution_id = ${executionId}`;
  const results = yield sql`DELETE FROM noetl.result_store
    WHERE execution_id = ${executionId} AND scope <> 'permanent' RETURNING file`;
  yield sql`DELETE FROM noetl.execution WHERE execution_id = ${executionId}`;
  return results.flatMap((row) => textOrNull(row.file) ?? []);
}
