import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import { characters } from "./characters.ts";
import { plain, plainSequence, typeName } from "./kind.ts";
import { asNumber, isInteger } from "./number.ts";

/** What `for` and list filters walk over: items, characters, keys; nil is empty. Counted against the loop limit. */
export function listOf(value: unknown, run: Run, at: At): readonly unknown[] {
  const v = Array.isArray(value) ? value : plainSequence(value);
  if (Array.isArray(v)) {
    run.charge(v.length, at);
    return v;
  }
  if (v === undefined || v === null) return [];
  if (typeof v === "string") {
    run.charge(v.length, at);
    return characters(v);
  }
  if (typeof v === "object") {
    const keys = Object.keys(v);
    run.charge(keys.length, at);
    return keys;
  }
  return fail(at, "E_TPL_TYPE", `${typeName(v)} cannot be iterated`);
}

/** Key and value pairs of a map; nil is empty. */
export function entriesOf(value: unknown, run: Run, at: At): [string, unknown][] {
  const v = plain(value);
  if (v === undefined || v === null) return [];
  if (typeof v !== "object" || Array.isArray(v)) return fail(at, "E_TPL_TYPE", `expected a map, not ${typeName(v)}`);
  const entries = Object.entries(v);
  run.charge(entries.length, at);
  return entries;
}

/** `a[from:to:step]` on lists and texts; nil stays undefined. */
export function slice(value: unknown, from: unknown, to: unknown, step: unknown, run: Run, at: At): unknown {
  const v = plainSequence(value);
  if (v === undefined || v === null) return undefined;
  if (typeof v !== "string" && !Array.isArray(v)) return fail(at, "E_TPL_TYPE", `${typeName(v)} cannot be sliced`);
  const items = typeof v === "string" ? characters(v) : v;
  run.charge(items.length, at);
  const stride = index(step, at) ?? 1;
  if (stride === 0) fail(at, "E_TPL_VALUE", "a slice cannot have step 0");
  const size = items.length;
  const low = stride > 0 ? 0 : -1;
  const high = stride > 0 ? size : size - 1;
  const clamp = (bound: number | undefined, fallback: number) =>
    bound === undefined ? fallback : Math.min(Math.max(bound < 0 ? bound + size : bound, low), high);
  const start = clamp(index(from, at), stride > 0 ? low : high);
  const end = clamp(index(to, at), stride > 0 ? high : low);
  const out: unknown[] = [];
  for (let i = start; stride > 0 ? i < end : i > end; i += stride) out.push(items[i]);
  return typeof v === "string" ? out.join("") : out;
}

function index(value: unknown, at: At): number | undefined {
  const v = plain(value);
  if (v === undefined || v === null) return undefined;
  const number = asNumber(v);
  if (number === undefined || !isInteger(number)) return fail(at, "E_TPL_TYPE", "slice bounds are whole numbers");
  return Number(number);
}
