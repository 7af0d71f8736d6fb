import type { QueryResult } from "@noetl/client";
import type { Json } from "@noetl/core";
import { count, displayWidth } from "@noetl/sdk";

export const QUERY_FORMATS = ["table", "json", "csv", "ndjson"] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/** Rows as text, in one of the forms. */
export function queryText(result: QueryResult, format: QueryFormat): string {
  switch (format) {
    case "json":
      return JSON.stringify(result.rows, null, 2);
    case "ndjson":
      return result.rows.map((row) => JSON.stringify(row)).join("\n");
    case "csv":
      return [result.columns, ...cells(result, (value) => (value === null ? "" : plain(value)))]
        .map((line) => line.map(csvField).join(","))
        .join("\n");
    case "table":
      return boxed(result);
  }
}

function cells({ columns, rows }: QueryResult, show: (value: Json) => string): string[][] {
  return rows.map((row) => columns.map((name) => show(row[name] ?? null)));
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** RFC 4180. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A box whose columns are as wide as what they show: wide characters count two, colours none. */
function boxed(result: QueryResult): string {
  const { columns, row_count: rows } = result;
  const total = `(${count(rows, "row")})`;
  if (result.rows.length === 0 || columns.length === 0) return total;
  const lines = cells(result, (value) => (value === null ? "NULL" : plain(value)).replace(/\r?\n/g, "⏎"));
  const widths = columns.map((name, column) =>
    Math.max(displayWidth(name), ...lines.map((line) => displayWidth(line[column] ?? ""))),
  );
  const rule = (left: string, middle: string, right: string) =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const row = (line: readonly string[]) =>
    `│${widths.map((width, column) => ` ${line[column] ?? ""}${" ".repeat(width - displayWidth(line[column] ?? ""))} `).join("│")}│`;
  return [rule("┌", "┬", "┐"), row(columns), rule("├", "┼", "┤"), ...lines.map(row), rule("└", "┴", "┘"), total].join(
    "\n",
  );
}
