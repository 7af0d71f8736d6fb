import type { DuckDBConnection } from "@duckdb/node-api";
import type { Json } from "@noetl/core";
import { bindValues } from "../../duckdb/bind.ts";
import { databasePath, withDatabase } from "../../duckdb/database.ts";
import { type Library, loadDuckdb } from "../../duckdb/library.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import { bindParameters } from "../../sql/parameters.ts";
import type { ToolCall } from "../../tool.ts";
import { recordsOf } from "../chunk.ts";
import { insertStatement, lastPerKey, rowsPerStatement } from "../insert.ts";
import { need } from "../side.ts";
import type { TargetConfig } from "../tool.ts";
import type { Plan } from "./postgres.ts";
import type { WithTarget, Write } from "./target.ts";

/** Longer statements take DuckDB more time to parse than they save. */
const ROWS_PER_STATEMENT = 500;

/** Writes into a table of a DuckDB file in one transaction. */
export function duckdbTarget(config: TargetConfig, plan: Plan, call: ToolCall, signal: AbortSignal): WithTarget {
  return async (transfer) => {
    const library = await loadDuckdb();
    await withDatabase(databasePath(config.database, call), true, call, async (connection) => {
      await connection.run("BEGIN");
      try {
        if (plan.mode === "replace")
          await connection.run(`DELETE FROM ${quoteQualified(need(config.table, "target.table", "what to replace"))}`);
        await transfer(writer(library, connection, config, plan));
        signal.throwIfAborted();
        await connection.run("COMMIT");
      } catch (error) {
        await connection.run("ROLLBACK");
        throw error;
      }
    });
  };
}

function writer(library: Library, connection: DuckDBConnection, config: TargetConfig, plan: Plan): Write {
  const run = async (sql: string, values: readonly Json[]) => {
    const statement = await connection.prepare(sql);
    bindValues(library, statement, values, plan.base64);
    await statement.run();
  };
  const { query } = config;
  if (query !== undefined) {
    return async (chunk) => {
      for (const record of recordsOf(chunk)) {
        const { text, values } = bindParameters(query, record);
        await run(text, values);
      }
    };
  }
  const table = need(config.table, "target.table", "where to write");
  return async (chunk) => {
    const rows = plan.keys === undefined ? chunk.rows : lastPerKey(chunk, plan.keys);
    const size = rowsPerStatement(chunk.columns.length, ROWS_PER_STATEMENT);
    for (let start = 0; start < rows.length; start += size) {
      const part = rows.slice(start, start + size);
      await run(insertStatement(table, chunk.columns, part.length, plan.keys), part.flat());
    }
  };
}
