import type { Json } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import { toNative, VIEW, type View } from "@noetl/template";
import { isMap } from "./own.ts";

const MAX_ITEMS = 10_000_000;

/** What a loop runs over (DSL §16.2); `undefined` when the value cannot be iterated. Throws E_LOOP_LIMIT. */
export function toItems(value: unknown): Json[] | undefined {
  const v = toNative(isView(value) ? value.sequence() : value);
  if (Array.isArray(v)) return v;
  if (typeof v === "string") return itemsOfText(v);
  if (typeof v === "number") return Number.isInteger(v) && v >= 0 ? counted(v) : undefined;
  if (!isMap(v)) return undefined;
  return isAggregate(v) ? (v.results as Json[]) : Object.entries(v).map(([key, item]) => ({ key, value: item }));
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && (value as Partial<View>)[VIEW] === true;
}

/** A loop's aggregate that was bound as a whole: exactly the members of DSL §16.5. */
function isAggregate(map: { [key: string]: Json }): boolean {
  const { results, stats } = map;
  if (!Array.isArray(results) || !isMap(stats) || typeof stats.total !== "number" || !("success" in stats))
    return false;
  return Object.keys(map).every((key) => ["results", "stats", "errors", "cursor", "frames", "rows"].includes(key));
}

function itemsOfText(text: string): Json[] {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    try {
      const parsed: unknown = JSON.parse(trimmed);
      if (Array.isArray(parsed)) return parsed;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return trimmed
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function counted(length: number): Json[] {
  if (length > MAX_ITEMS) {
    throw new NoetlError("validation", "E_LOOP_LIMIT", `a loop cannot run over ${length} items`, {
      hint: `at most ${MAX_ITEMS}`,
    });
  }
  return Array.from({ length }, (_, i) => i);
}
