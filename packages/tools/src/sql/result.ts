import type { Json, JsonObject } from "@noetl/core";

/** What one statement gave. `columns` is there exactly when the server described a result (DSL §12.5). */
export interface StatementResult {
  columns?: string[];
  rows: Json[][];
  /** rows changed, as the server says; null when it says nothing */
  affected: number | null;
  truncated?: boolean;
  error?: JsonObject;
}

/**
 * Result data of a SQL step (DSL §12.5): what the last statement gave, with `statement_count` and one legacy member
 * `command_<n>` per statement.
 */
export function sqlData(results: readonly StatementResult[], asObjects: boolean): JsonObject {
  const shaped = results.map((result) => (asObjects ? objectsOf(result) : result.rows));
  const last = results.at(-1);
  const data: JsonObject =
    last === undefined ? { affected_rows: 0, rows: [], row_count: 0 } : ownData(last, shaped.at(-1) ?? []);
  data.statement_count = results.length;
  results.forEach((result, index) => {
    data[`command_${index}`] = legacyMember(result, shaped[index] ?? []);
  });
  return data;
}

function ownData({ columns, affected, truncated }: StatementResult, rows: Json[]): JsonObject {
  if (columns === undefined) return { affected_rows: affected ?? 0, rows: [], row_count: 0 };
  return { columns, rows, row_count: rows.length, ...(truncated ? { truncated } : {}) };
}

function legacyMember(result: StatementResult, rows: Json[]): JsonObject {
  const { columns, affected, error, truncated } = result;
  if (error !== undefined)
    return { status: "error", columns: [], rows: [], row_count: 0, message: error.message ?? "", error };
  if (columns === undefined) {
    const count = affected ?? 0;
    return {
      status: "success",
      columns: [],
      rows: [],
      row_count: count,
      affected_rows: count,
      message: `Command executed. ${count} rows affected.`,
    };
  }
  const message = `Command executed. ${rows.length} rows returned.`;
  return { status: "success", columns, rows, row_count: rows.length, message, ...(truncated ? { truncated } : {}) };
}

function objectsOf({ columns = [], rows }: StatementResult): JsonObject[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
}

/** Column names that can all be keys of one object: a repeated `id` becomes `id_2`, `id_3` (worker-and-tools §11.5). */
export function uniqueColumns(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    if (seen.has(name)) {
      for (let n = 2; seen.has(unique) || taken.has(unique); n++) unique = `${name}_${n}`;
    }
    seen.add(unique);
    return unique;
  });
}
