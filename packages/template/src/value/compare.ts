import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import { characterCount, compareText } from "./characters.ts";
import { isTolerant, isView, plain, plainSequence, typeName } from "./kind.ts";
import { asNumber, numberText, parseNumber } from "./number.ts";

const MAX_VALUES = 10_000_000;

/** Deep and by value; `true == 1`, undefined == null; a text never equals a number (DSL §8.3). */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "object" || typeof b === "object") return equalObjects(a, b, { left: MAX_VALUES });
  return equalScalars(a, b);
}

function equalScalars(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return (a ?? null) === (b ?? null);
  const x = asNumber(a);
  if (x === undefined) return a === b;
  const y = asNumber(b);
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value only with ==
  return y !== undefined && x == y;
}

function equalObjects(left: unknown, right: unknown, budget: { left: number }): boolean {
  if (left === right) return true;
  if (isTolerant(left) || isTolerant(right)) return equalTolerant(left, right);
  const a = plain(left) ?? null;
  const b = plain(right) ?? null;
  if (--budget.left < 0) throw new RangeError("too many values to compare");
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return equalScalars(a, b);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equalObjects(item, b[i], budget));
  }
  const x = a as { [key: string]: unknown };
  const y = b as { [key: string]: unknown };
  const keys = Object.keys(x);
  if (keys.length !== Object.keys(y).length) return false;
  return keys.every((key) => Object.hasOwn(y, key) && equalObjects(x[key], y[key], budget));
}

/** An envelope status or an event name equals more than its text (DSL §14.2, §17.3). */
function equalTolerant(a: unknown, b: unknown): boolean {
  const x = plain(a);
  const y = plain(b);
  if (typeof x !== "string" || typeof y !== "string") return false;
  return (isTolerant(a) && a.equals(y)) || (isTolerant(b) && b.equals(x));
}

/** Decision 51: in local playbooks a boolean or number equals the text literal that spells it. */
export function equalsLiteral(value: unknown, literal: string, run: Run, at: At): boolean {
  const v = plain(value);
  const spelled =
    typeof v === "boolean" ? String(v) : typeof v === "number" || typeof v === "bigint" ? numberText(v) : undefined;
  if (spelled === undefined) return equals(value, literal);
  run.warn("W_TPL_BOOLSTR", `${typeName(v)} is compared with the text '${literal}'`, at);
  const other = literal.trim();
  return typeof v === "boolean" ? spelled === other.toLowerCase() : spelled === other;
}

/**
 * Order of two values: negative, 0, positive, or NaN when either is nil (every comparison is then false).
 * Number and numeric text compare as numbers, with a warning. Throws E_TPL_TYPE for other mixes.
 */
export function order(left: unknown, right: unknown, run: Run, at: At): number {
  const a = plainSequence(left);
  const b = plainSequence(right);
  if (a === undefined || a === null || b === undefined || b === null) return Number.NaN;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  const x = asNumber(a);
  const y = asNumber(b);
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) return orderLists(a, b, run, at);
  const spelled = typeof a === "string" ? parseNumber(a) : typeof b === "string" ? parseNumber(b) : undefined;
  const number = x ?? y;
  if (spelled === undefined || number === undefined) {
    return fail(at, "E_TPL_TYPE", `${typeName(a)} and ${typeName(b)} have no order`);
  }
  run.warn("W_TPL_NUMSTR", `a number is compared with the text '${typeof a === "string" ? a : b}'`, at);
  const sign = spelled < number ? -1 : spelled > number ? 1 : 0;
  return typeof a === "string" ? sign : -sign;
}

function orderLists(a: readonly unknown[], b: readonly unknown[], run: Run, at: At): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (equals(a[i], b[i])) continue;
    return order(a[i], b[i], run, at);
  }
  return a.length - b.length;
}

/** Text in text, value in list, key in map; nil on the right → false (DSL §8.3). */
export function contains(haystack: unknown, needle: unknown, run: Run, at: At): boolean {
  const where = plainSequence(haystack);
  if (where === undefined || where === null) return false;
  if (typeof where === "string") {
    const what = plain(needle);
    if (what === undefined || what === null) return false;
    if (typeof what !== "string") fail(at, "E_TPL_TYPE", `'in' looks for text in text, not for ${typeName(what)}`);
    return where.includes(what);
  }
  if (Array.isArray(where)) {
    run.charge(where.length, at);
    return where.some((item) => equals(item, needle));
  }
  if (typeof where !== "object") fail(at, "E_TPL_TYPE", `'in' needs text, a list or a map, not ${typeName(where)}`);
  const key = plain(needle);
  return (typeof key === "string" || typeof key === "number") && Object.hasOwn(where, String(key));
}

/** Characters, items or keys; nil → 0 (DSL §8.5). */
export function lengthOf(value: unknown, at: At): number {
  const known = isView(value) ? value.size?.() : undefined;
  if (known !== undefined) return known;
  const v = plainSequence(value);
  if (v === undefined || v === null) return 0;
  if (typeof v === "string") return characterCount(v);
  if (Array.isArray(v)) return v.length;
  return typeof v === "object" ? Object.keys(v).length : fail(at, "E_TPL_TYPE", `${typeName(v)} has no length`);
}
