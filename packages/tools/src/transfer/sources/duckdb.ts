import type { Json } from "@noetl/core";
import { databasePath, withDatabase } from "../../duckdb/database.ts";
import { loadDuckdb } from "../../duckdb/library.ts";
import { jsonOf } from "../../duckdb/values.ts";
import { uniqueColumns } from "../../sql/result.ts";
import type { ToolCall } from "../../tool.ts";
import type { Chunk } from "../chunk.ts";
import { need } from "../side.ts";
import type { SourceConfig } from "../tool.ts";

/** Rows of a query, in the pieces in which DuckDB gives them, cut to `size`. */
export async function duckdbRows(
  config: SourceConfig,
  size: number,
  call: ToolCall,
  signal: AbortSignal,
  write: (chunk: Chunk) => Promise<void>,
): Promise<void> {
  const library = await loadDuckdb();
  const query = need(config.query, "source.query", "what to read");
  await withDatabase(databasePath(config.database, call), false, call, async (connection) => {
    const result = await connection.stream(query);
    const columns = uniqueColumns(result.columnNames());
    const types = result.columnTypes();
    let rows: Json[][] = [];
    for await (const piece of result.yieldRows()) {
      signal.throwIfAborted();
      for (const row of piece) {
        rows.push(row.map((value, index) => jsonOf(library, value, types[index] ?? library.VARCHAR)));
        if (rows.length < size) continue;
        await write({ columns, rows });
        rows = [];
      }
    }
    if (rows.length > 0) await write({ columns, rows });
  });
}
