import type { At } from "../error.ts";
import type { Run } from "../run.ts";
import { item } from "../value/access.ts";
import { equals, order } from "../value/compare.ts";
import { plain } from "../value/kind.ts";
import { text } from "../value/text.ts";

export type Getter = (value: unknown) => unknown;

/** `attribute='a.b.0'` of `map`, `sort`, `sum`…; digits are indexes. */
export function attributeGetter(attribute: unknown, at: At, fallback?: unknown): Getter {
  const a = plain(attribute);
  const path = typeof a === "number" ? [a] : text(a).split(".").map(segment);
  return (value) => {
    let current = value;
    for (const key of path) current = item(current, key, at);
    return current === undefined ? fallback : current;
  };
}

function segment(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

/** `sort(attribute='age,name')` */
export function sortGetter(attribute: unknown, at: At): Getter {
  const a = plain(attribute);
  if (a === undefined || a === null) return (value) => value;
  if (typeof a !== "string" || !a.includes(",")) return attributeGetter(a, at);
  const getters = a.split(",").map((part) => attributeGetter(part.trim(), at));
  return (value) => getters.map((get) => get(value));
}

/** Texts without regard to case, unless asked otherwise. */
export function folded(value: unknown, caseSensitive: boolean): unknown {
  if (caseSensitive) return value;
  const v = plain(value);
  if (typeof v === "string") return v.toLowerCase();
  return Array.isArray(v) ? v.map((part) => folded(part, false)) : v;
}

/** For sorting: nil comes first. */
export function sortOrder(a: unknown, b: unknown, run: Run, at: At): number {
  const emptyA = a === undefined || a === null;
  const emptyB = b === undefined || b === null;
  if (emptyA || emptyB) return Number(emptyB) - Number(emptyA);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (!equals(a[i], b[i])) return sortOrder(a[i], b[i], run, at);
    }
    return a.length - b.length;
  }
  return order(a, b, run, at);
}

export function sorted(values: readonly unknown[], key: Getter, run: Run, at: At): unknown[] {
  return values
    .map((value) => ({ value, key: key(value) }))
    .sort((a, b) => sortOrder(a.key, b.key, run, at))
    .map(({ value }) => value);
}
