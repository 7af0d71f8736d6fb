import type { Json } from "@noetl/core";
import { quoteIdentifier, quoteQualified } from "../sql/identifier.ts";
import type { Chunk } from "./chunk.ts";

export type Mode = "append" | "replace" | "upsert";

/** What the protocol of PostgreSQL can number. */
const MAX_PARAMETERS = 65_535;

/**
 * `INSERT` for `rows` rows, values as parameters. Every name is quoted, so no name is ever SQL. With `keys` a row whose key
 * is there already replaces the other columns.
 */
export function insertStatement(
  table: string,
  columns: readonly string[],
  rows: number,
  keys: readonly string[] | undefined,
): string {
  const names = columns.map(quoteIdentifier).join(", ");
  let position = 0;
  const values = Array.from({ length: rows }, () => `(${columns.map(() => `$${++position}`).join(", ")})`).join(", ");
  return `INSERT INTO ${quoteQualified(table)} (${names}) VALUES ${values}${conflictClause(columns, keys)}`;
}

function conflictClause(columns: readonly string[], keys: readonly string[] | undefined): string {
  if (keys === undefined) return "";
  const others = columns.filter((column) => !keys.includes(column)).map(quoteIdentifier);
  const updates = others.map((name) => `${name} = EXCLUDED.${name}`).join(", ");
  const action = others.length === 0 ? "NOTHING" : `UPDATE SET ${updates}`;
  return ` ON CONFLICT (${keys.map(quoteIdentifier).join(", ")}) DO ${action}`;
}

/** Rows that fit into one statement. */
export function rowsPerStatement(columns: number, wanted: number): number {
  return Math.max(1, Math.min(wanted, Math.floor(MAX_PARAMETERS / Math.max(1, columns))));
}

/** One statement cannot change a row twice: of rows with the same key in it, the last one counts. */
export function lastPerKey({ columns, rows }: Chunk, keys: readonly string[]): Json[][] {
  const positions = keys.map((key) => columns.indexOf(key));
  return [...new Map(rows.map((row) => [JSON.stringify(positions.map((at) => row[at])), row])).values()];
}
