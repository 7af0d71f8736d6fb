import type { Json, JsonObject } from "@noetl/core";
import { isMap, own } from "./own.ts";

const MAX_TEXT = 1_000;
const MAX_SUMMARY_BYTES = 4_096;
const MAX_LIST = 10;
const ALWAYS = ["status", "row_count", "columns"];

/**
 * What a reference answers without its body (DSL §21.3). With `select`: those paths, null when missing. Without: top-level
 * and one level of nested scalars, counts of lists, short lists of scalars, and `_keys` (all keys of a map) or `_count`
 * (length of a list), as far as they fit in 4 KiB. Texts that are cut are left out, so that they are never mistaken for whole.
 */
export function extractFields(data: Json, select?: readonly (string | { path: string; as?: string })[]): JsonObject {
  if (select) return Object.fromEntries(select.map((field) => selected(data, field)));
  if (Array.isArray(data)) return { _count: data.length };
  return isMap(data) ? summary(data) : {};
}

function selected(data: Json, field: string | { path: string; as?: string }): [string, Json] {
  const { path, as } = typeof field === "string" ? { path: field } : field;
  const segments = pathOf(path);
  const name = as ?? segments.findLast((segment) => typeof segment === "string") ?? path;
  return [String(name), readPath(data, path) ?? null];
}

function summary(data: JsonObject): JsonObject {
  const budget = { left: MAX_SUMMARY_BYTES };
  const out: [string, Json][] = [];
  const add = (key: string, value: Json, force = false): void => {
    const size = key.length + (JSON.stringify(value)?.length ?? 0) + 4;
    if (!force && size > budget.left) return;
    budget.left -= size;
    if (!out.some(([known]) => known === key)) out.push([key, value]);
  };
  for (const key of ALWAYS) {
    const value = own(data, key) as Json | undefined;
    if (value !== undefined && (isSmall(value) || key === "columns")) add(key, value, true);
  }
  add("_keys", Object.keys(data));
  for (const [key, value] of Object.entries(data)) if (isSmall(value)) add(key, value);
  for (const [key, value] of Object.entries(data)) {
    if (Array.isArray(value)) {
      add(`${key}_count`, value.length);
      if (value.length <= MAX_LIST && value.every(isSmall)) add(key, value);
    } else if (isMap(value)) {
      for (const [inner, scalar] of Object.entries(value)) if (isSmall(scalar)) add(`${key}_${inner}`, scalar);
    }
  }
  // derived names never hide a key of the data itself
  return Object.fromEntries(
    out.filter(([key, value]) => key === "_keys" || !Object.hasOwn(data, key) || data[key] === value),
  );
}

function isSmall(value: Json): boolean {
  return typeof value === "string" ? value.length <= MAX_TEXT : typeof value !== "object" || value === null;
}

/** First bytes of the JSON text, cut at a character. */
export function previewOf(data: Json, bytes = 1_024): string {
  // Of a long text only what can show: a character is a byte at least.
  const shown = typeof data === "string" && data.length > bytes ? data.slice(0, bytes + 1) : data;
  const text = Buffer.from(JSON.stringify(shown), "utf8");
  if (text.length <= bytes) return text.toString("utf8");
  return text
    .subarray(0, bytes)
    .toString("utf8")
    .replace(/\ufffd+$/, "");
}

/** `data.items[0].id` → its segments; numbers are indexes. */
export function pathOf(path: string): (string | number)[] {
  const segments: (string | number)[] = [];
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]]+)|\[(-?\d+)\]|\[(?:"|')([^"']*)(?:"|')\]/g)) {
    if (index !== undefined) segments.push(Number(index));
    else segments.push(quoted ?? (name ?? "").trim());
  }
  return segments;
}

export function readPath(data: Json, path: string): Json | undefined {
  let value: Json | undefined = data;
  for (const segment of pathOf(path)) {
    if (Array.isArray(value)) {
      const index = typeof segment === "number" ? segment : /^\d+$/.test(segment) ? Number(segment) : undefined;
      value = index === undefined ? undefined : value.at(index);
    } else value = isMap(value) ? (own(value, String(segment)) as Json | undefined) : undefined;
  }
  return value;
}
