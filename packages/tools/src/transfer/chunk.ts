import { isObject, type Json, type JsonObject } from "@noetl/core";

/** Some rows of a source; every row has one value per column. */
export interface Chunk {
  columns: string[];
  rows: Json[][];
}

/** Objects → a chunk. Columns are all keys in order of appearance; a scalar is a row with the one column `value`. */
export function chunkOf(items: readonly Json[]): Chunk {
  const records = items.map((item) => (isObject(item) ? (item as JsonObject) : { value: item }));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { columns, rows: records.map((record) => columns.map((name) => own(record, name) ?? null)) };
}

export function recordsOf({ columns, rows }: Chunk): JsonObject[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
}

/** The value at a dotted path; a key that holds the dots itself is found first. */
export function valueAt(value: Json, path: string): Json | undefined {
  const whole = isObject(value) ? own(value as JsonObject, path) : undefined;
  if (whole !== undefined) return whole;
  let at: Json | undefined = value;
  for (const part of path.split(".")) {
    if (Array.isArray(at)) at = at[Number(part)];
    else if (isObject(at)) at = own(at as JsonObject, part);
    else return undefined;
  }
  return at;
}

function own(record: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** `mapping: {target column: source field}`; a field may be a dotted path into a value. Without it all columns as they are. */
export function mapped(chunk: Chunk, mapping: Record<string, string> | undefined): Chunk {
  if (mapping === undefined) return chunk;
  const columns = Object.keys(mapping);
  const positions = columns.map((column) => chunk.columns.indexOf(mapping[column] ?? ""));
  if (positions.every((position) => position >= 0)) {
    return { columns, rows: chunk.rows.map((row) => positions.map((position) => row[position] ?? null)) };
  }
  const rows = recordsOf(chunk).map((record) =>
    columns.map((column) => valueAt(record, mapping[column] ?? "") ?? null),
  );
  return { columns, rows };
}
