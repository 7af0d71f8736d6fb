import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";

/** What a cursor loop keeps of its rows when the author asks for it (DSL §21.1, §21.4). */
export interface Accumulator {
  add(data: Json, ok: boolean): void;
  results(): Json[];
}

/** `before` is what was kept before a park. `undefined` = the author did not enable it: data of rows is not kept. */
export function accumulator(settings: JsonObject | undefined, before: readonly Json[] = []): Accumulator | undefined {
  if (settings?.enabled !== true) return undefined;
  const { strategy = "append", merge_path, max_items, on_success = true, on_error = false } = settings;
  const limit = typeof max_items === "number" ? max_items : Number.POSITIVE_INFINITY;
  let kept: Json[] = before.slice();
  return {
    add(data, ok) {
      if (!(ok ? on_success : on_error)) return;
      if (strategy === "replace") kept = [data];
      else if (strategy === "merge")
        kept = [{ ...(isObject(kept[0]) ? (kept[0] as JsonObject) : {}), ...mapAt(data, merge_path) }];
      else if (strategy === "concat") kept.push(...listAt(data, merge_path).slice(0, Math.max(0, limit - kept.length)));
      else if (kept.length < limit) kept.push(data);
    },
    results: () => kept,
  };
}

function at(data: Json, path: Json | undefined): Json | undefined {
  if (typeof path !== "string" || path === "") return data;
  let value: Json | undefined = data;
  for (const key of path.split(".")) {
    value = isObject(value) && Object.hasOwn(value, key) ? (value[key] as Json) : undefined;
  }
  return value;
}

function listAt(data: Json, path: Json | undefined): Json[] {
  const value = at(data, path);
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function mapAt(data: Json, path: Json | undefined): JsonObject {
  const value = at(data, path);
  return isObject(value) ? (value as JsonObject) : {};
}
