import { isTolerant, isView, put } from "./kind.ts";

const MAX_DEPTH = 500;
const MAX_VALUES = 20_000_000;

/** Views, bigint, tolerant text → plain JSON, at any depth. What needs no change is returned as it is. */
export function native(value: unknown): unknown {
  if (typeof value === "object" && value !== null) return convert(value, { left: MAX_VALUES }, 0);
  return typeof value === "bigint" ? exact(value) : typeof value === "function" ? undefined : value;
}

/** Integers beyond 2^53 travel as text (DSL §1.3). */
function exact(value: bigint): number | string {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value.toString();
}

function convert(value: unknown, budget: { left: number }, depth: number): unknown {
  if (--budget.left < 0 || depth > MAX_DEPTH) throw new RangeError("too many values");
  if (typeof value === "bigint") return exact(value);
  if (value === undefined || typeof value === "function" || typeof value === "symbol") return null;
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== "object" || value === null) return value;
  if (isTolerant(value)) return value.text;
  if (isView(value)) return convert(value.native(), budget, depth + 1);
  return Array.isArray(value) ? convertList(value, budget, depth) : convertMap(value, budget, depth);
}

function convertList(list: readonly unknown[], budget: { left: number }, depth: number): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = convert(list[i], budget, depth + 1);
    if (copy) copy.push(item);
    else if (item !== list[i]) {
      copy = list.slice(0, i);
      copy.push(item);
    }
  }
  return copy ?? list;
}

function convertMap(map: object, budget: { left: number }, depth: number): unknown {
  const source = map as { [key: string]: unknown };
  let copy: { [key: string]: unknown } | undefined;
  for (const key of Object.keys(source)) {
    const item = convert(source[key], budget, depth + 1);
    if (item !== source[key] && !copy) {
      copy = {};
      for (const [before, kept] of Object.entries(source)) put(copy, before, kept);
    }
    if (copy) put(copy, key, item);
  }
  return copy ?? map;
}
