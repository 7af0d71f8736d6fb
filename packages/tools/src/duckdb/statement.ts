import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import type { Json } from "@noetl/core";
import { type RowLimits, TooManyRows } from "../sql/limits.ts";
import { type StatementResult, uniqueColumns } from "../sql/result.ts";
import { bindValues } from "./bind.ts";
import type { Library } from "./library.ts";
import { jsonOf } from "./values.ts";

/** Runs one prepared statement. Rows beyond the limit are not kept; with `onOverflow: error` it is stopped. */
export async function runPrepared(
  library: Library,
  connection: DuckDBConnection,
  statement: DuckDBPreparedStatement,
  values: readonly Json[],
  limits: RowLimits,
): Promise<StatementResult> {
  bindValues(library, statement, values);
  const result = await statement.stream();
  const types = result.columnTypes();
  const rows: Json[][] = [];
  let truncated = false;
  for await (const chunk of result.yieldRows()) {
    for (const row of chunk) {
      if (rows.length < limits.rows)
        rows.push(row.map((value, index) => jsonOf(library, value, types[index] ?? library.VARCHAR)));
      else truncated = true;
    }
    if (truncated && limits.onOverflow === "error") {
      connection.interrupt();
      throw new TooManyRows(limits, rows.length);
    }
  }
  if (result.returnType === library.ResultReturnType.QUERY_RESULT) {
    const columns = uniqueColumns(result.columnNames());
    return { columns, rows, affected: null, ...(truncated ? { truncated } : {}) };
  }
  const [count] = rows[0] ?? [];
  const changed = result.returnType === library.ResultReturnType.CHANGED_ROWS && typeof count === "number" ? count : 0;
  return { rows: [], affected: changed };
}
