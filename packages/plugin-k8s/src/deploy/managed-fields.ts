import { isObject } from "@noetl/core";

type Fields = { readonly [path: string]: unknown };

/**
 * The part of a value that a set of fields names, as `metadata.managedFields[].fieldsV1` writes it: `f:NAME` a key of an
 * object, `k:{…}` the element of a list with these keys, `v:VALUE` an element that is this value, `i:N` one at this place,
 * `.` the thing itself. A leaf stands for everything below it.
 */
export function applied(value: unknown, fields: Fields): unknown {
  const inside = Object.entries(fields).filter(([path]) => path !== ".");
  if (inside.length === 0) return value;
  if (Array.isArray(value)) return value.flatMap((element, index) => elementOf(element, index, inside));
  if (!isObject(value)) return value;
  const found: Record<string, unknown> = {};
  for (const [path, below] of inside) {
    const key = path.slice(2);
    if (path.startsWith("f:") && key in value) found[key] = isObject(below) ? applied(value[key], below) : value[key];
  }
  return found;
}

function elementOf(element: unknown, index: number, fields: readonly [string, unknown][]): unknown[] {
  for (const [path, below] of fields) {
    if (!names(path, element, index)) continue;
    const part = isObject(below) ? applied(element, below) : element;
    // Without its keys an element of a list cannot be found again.
    const keys = path.startsWith("k:") ? (JSON.parse(path.slice(2)) as object) : {};
    return [isObject(part) ? { ...keys, ...part } : part];
  }
  return [];
}

function names(path: string, element: unknown, index: number): boolean {
  const rest = path.slice(2);
  if (path.startsWith("i:")) return Number(rest) === index;
  if (path.startsWith("v:")) return JSON.stringify(element) === rest;
  if (!path.startsWith("k:") || !isObject(element)) return false;
  return Object.entries(JSON.parse(rest) as object).every(([key, wanted]) => element[key] === wanted);
}
