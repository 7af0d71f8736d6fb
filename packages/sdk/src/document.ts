import { isObject } from "@noetl/core";
import type { Format } from "./format.ts";

/** A result for programs; `rows` is the key of its list, if it is one. 64-bit integers print as strings of digits. */
export async function documentText(value: unknown, format: Exclude<Format, "text">, rows?: string): Promise<string> {
  switch (format) {
    case "json":
      return `${line(value)}\n`;
    case "ndjson":
      return rowsOf(value, rows)
        .map((row) => `${line(row)}\n`)
        .join("");
    case "name":
      return rowsOf(value, rows)
        .map((row) => `${nameOf(row)}\n`)
        .join("");
    case "yaml": {
      const { stringify } = await import("yaml");
      return stringify(JSON.parse(line(value)), { lineWidth: 0 });
    }
  }
}

/** The envelope of every document: which command's schema it follows, then its data. What has a schema keeps it. */
export function enveloped(id: string, result: unknown): unknown {
  if (!isObject(result) || "schema" in result || "$schema" in result) return result;
  return { schema: schemaName(id), ...result };
}

/** `credential:get` → `noetl.credential.get/1` */
export function schemaName(id: string): string {
  return `noetl.${id.replaceAll(":", ".")}/1`;
}

function rowsOf(value: unknown, rows: string | undefined): unknown[] {
  const list = isObject(value) && rows !== undefined ? value[rows] : value;
  return Array.isArray(list) ? list : [value];
}

const NAMES = ["execution_id", "name", "path", "event_id", "key", "id", "file"] as const;

/** What names a row to other commands. */
function nameOf(row: unknown): string {
  if (!isObject(row)) return String(row);
  const found = NAMES.map((key) => row[key]).find((value) => value !== undefined && value !== null && value !== "");
  return found === undefined ? line(row) : String(found);
}

function line(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
}
