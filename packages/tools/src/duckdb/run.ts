import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { isObject, type Json, NoetlError } from "@noetl/core";
import { configFields } from "../credential/index.ts";
import { startAttempt } from "../network/attempt.ts";
import { isRead } from "../sql/effects.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import { MAX_ROWS } from "../sql/limits.ts";
import { partialData, sqlDone, sqlFailed } from "../sql/outcome.ts";
import { readCommand, withScript } from "../sql/read-command.ts";
import type { StatementResult } from "../sql/result.ts";
import type { Statement } from "../sql/split.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { attachStatements } from "./attach.ts";
import { databasePath, withDatabase } from "./database.ts";
import { duckdbError } from "./errors.ts";
import { type Library, loadDuckdb } from "./library.ts";
import { runPrepared } from "./statement.ts";
import type { DuckdbConfig } from "./tool.ts";

/** Runs the SQL of a step; every failure is an outcome. */
export async function runDuckdb(given: DuckdbConfig, call: ToolCall): Promise<ToolDone> {
  const read = await withScript("duckdb", given, call);
  if ("outcome" in read) return read.outcome;
  const { config } = read;
  const attempt = startAttempt(call, 0);
  const progress: StatementResult[] = [];
  try {
    const library = await loadDuckdb();
    const { statements, values } = readCommand(config);
    const setUp = [
      ...(config.extensions ?? []).flatMap((name) => [
        `INSTALL ${quoteIdentifier(name)}`,
        `LOAD ${quoteIdentifier(name)}`,
      ]),
      ...attachStatements(call.auth),
    ];
    const writes = setUp.length > 0 || !statements.every(isRead);
    await withDatabase(databasePath(ownDatabase(config, call), call), writes, call, async (connection) => {
      const interrupt = () => connection.interrupt();
      attempt.signal.addEventListener("abort", interrupt, { once: true });
      try {
        for (const sql of setUp) await connection.run(sql);
        await runStatements(library, connection, statements, values, config, attempt.signal, progress);
      } finally {
        attempt.signal.removeEventListener("abort", interrupt);
      }
    });
    return sqlDone(progress, config);
  } catch (error) {
    const rest = partialData(progress, config);
    return attempt.outcome(rest) ?? sqlFailed(duckdbError(error), progress.length, rest);
  } finally {
    attempt.end();
  }
}

/** The host merges a lone credential into the config; the `database` of a PostgreSQL server is not the file of ours. */
function ownDatabase({ database }: DuckdbConfig, { auth }: ToolCall): string | undefined {
  return auth.default !== undefined && configFields(auth.default).database === database ? undefined : database;
}

async function runStatements(
  library: Library,
  connection: DuckDBConnection,
  statements: readonly Statement[],
  values: readonly Json[],
  config: DuckdbConfig,
  signal: AbortSignal,
  progress: StatementResult[],
): Promise<void> {
  const limits = {
    rows: (config.max_rows ?? MAX_ROWS) || Number.POSITIVE_INFINITY,
    bytes: Number.POSITIVE_INFINITY,
    onOverflow: config.on_overflow ?? "error",
  };
  const goesOn = config.on_error === "continue" && !config.transaction;
  if (config.transaction) await connection.run("BEGIN");
  for (const { text } of statements) {
    signal.throwIfAborted();
    try {
      // Several, when DuckDB rewrites a statement (PIVOT, PRAGMA): the last one is what the author meant.
      const extracted = await connection.extractStatements(text);
      let result: StatementResult = { rows: [], affected: 0 };
      for (let index = 0; index < extracted.count; index++) {
        const prepared = await extracted.prepare(index);
        const bound = index === 0 ? valuesFor(prepared, values, config.params) : [];
        result = await runPrepared(library, connection, prepared, bound, limits);
      }
      progress.push(result);
    } catch (error) {
      if (!goesOn || signal.aborted) throw error;
      progress.push({ rows: [], affected: null, error: { ...duckdbError(error) } });
    }
  }
  if (config.transaction) await connection.run("COMMIT");
}

/** Values in the order of the statement's parameters; `$name`, which DuckDB knows itself, takes them from the map. */
function valuesFor(
  prepared: DuckDBPreparedStatement,
  values: readonly Json[],
  params: DuckdbConfig["params"],
): readonly Json[] {
  const expected = prepared.parameterCount;
  if (expected === values.length) return values;
  const names = Array.from({ length: expected }, (_, index) => prepared.parameterName(index + 1));
  if (isObject(params) && values.length === 0 && names.every((name) => Object.hasOwn(params, name))) {
    return names.map((name) => params[name] ?? null);
  }
  const given = isObject(params) ? Object.keys(params).length : values.length;
  throw new NoetlError(
    "validation",
    "CONFIG_INVALID",
    `the statement has ${expected} parameters (${names.join(", ")}), \`params\` gives ${given}`,
  );
}
