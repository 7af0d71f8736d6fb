import { isObject, type Json, type JsonObject } from "@noetl/core";

export type Format = "json" | "yaml" | "csv";

/** Data as text of a file, with a line end at its end. */
export async function serialize(data: Json, format: Format): Promise<string> {
  switch (format) {
    case "json":
      return `${JSON.stringify(data, null, 2)}\n`;
    case "yaml":
      return (await import("yaml")).stringify(data, { lineWidth: 0 });
    case "csv":
      return csv(rowsOf(data));
  }
}

/** The rows in a result: a list as it is, the `rows` of a query, else the value as the only row. */
export function rowsOf(data: Json): Json[] {
  if (Array.isArray(data)) return data;
  if (isObject(data) && Array.isArray(data.rows)) {
    const { rows, columns } = data as JsonObject & { rows: Json[] };
    const names = Array.isArray(columns) ? columns.map(String) : undefined;
    return names ? rows.map((row) => (Array.isArray(row) ? named(names, row) : row)) : rows;
  }
  return [data];
}

function named(names: readonly string[], row: Json[]): JsonObject {
  return Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
}

/** RFC 4180: a header of all keys in order of appearance, CRLF; nested values as JSON. */
function csv(rows: Json[]): string {
  const names = new Set<string>();
  for (const row of rows) if (isObject(row)) for (const name of Object.keys(row)) names.add(name);
  const columns = [...names];
  const header = columns.length > 0 ? [columns] : [];
  const body = rows.map((row) => {
    if (Array.isArray(row)) return row;
    return isObject(row) ? columns.map((name) => (row as JsonObject)[name] ?? null) : [row];
  });
  return [...header, ...body].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
