import { isTolerant, isView } from "./kind.ts";
import { numberText } from "./number.ts";

const MAX_DEPTH = 500;

/** Compact JSON: insertion order, no escaping of `<` or non-ASCII, exact integers; undefined and non-finite are null. */
export function jsonText(value: unknown, limit = Number.POSITIVE_INFINITY): string {
  return write(value, { left: limit }, 0);
}

/** As Python's `json.dumps(indent=n)`. */
export function jsonIndented(value: unknown, indent: number, limit = Number.POSITIVE_INFINITY): string {
  const budget = { left: limit };
  const pad = " ".repeat(Math.min(indent, 32));
  const visit = (v: unknown, margin: string, depth: number): string => {
    if (isView(v)) return visit(v.native(), margin, depth);
    if (typeof v !== "object" || v === null || isTolerant(v)) return write(v, budget, depth);
    enter(depth);
    const inner = margin + pad;
    const list = Array.isArray(v);
    const parts = list
      ? v.map((item) => inner + visit(item, inner, depth + 1))
      : Object.entries(v).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${visit(item, inner, depth + 1)}`);
    spend(budget, parts.length * inner.length);
    if (parts.length === 0) return list ? "[]" : "{}";
    return list ? `[\n${parts.join(",\n")}\n${margin}]` : `{\n${parts.join(",\n")}\n${margin}}`;
  };
  return visit(value, "", 0);
}

function write(value: unknown, budget: { left: number }, depth: number): string {
  switch (typeof value) {
    case "string": {
      spend(budget, value.length + 2);
      return JSON.stringify(value);
    }
    case "number":
    case "bigint":
      spend(budget, 4);
      return typeof value === "number" && !Number.isFinite(value) ? "null" : numberText(value);
    case "boolean":
      spend(budget, 5);
      return value ? "true" : "false";
    case "object":
      if (value !== null) return writeContainer(value, budget, depth);
  }
  spend(budget, 4);
  return "null";
}

function writeContainer(value: object, budget: { left: number }, depth: number): string {
  enter(depth);
  spend(budget, 2);
  if (Array.isArray(value)) {
    let out = "[";
    for (let i = 0; i < value.length; i++) out += (i === 0 ? "" : ",") + write(value[i], budget, depth + 1);
    return `${out}]`;
  }
  if (isTolerant(value)) return JSON.stringify(value.text);
  if (isView(value)) return write(value.native(), budget, depth + 1);
  let out = "{";
  for (const key of Object.keys(value)) {
    spend(budget, key.length + 4);
    const item = (value as { [key: string]: unknown })[key];
    out += `${out === "{" ? "" : ","}${JSON.stringify(key)}:${write(item, budget, depth + 1)}`;
  }
  return `${out}}`;
}

function enter(depth: number): void {
  if (depth > MAX_DEPTH) throw new RangeError("nested too deeply");
}

function spend(budget: { left: number }, size: number): void {
  budget.left -= size;
  if (budget.left < 0) throw new RangeError("too long");
}

const LONG_DIGITS = /\d{16}/;

/** JSON text to values; integers beyond 2^53 stay exact as bigint. Throws SyntaxError. */
export function parseJson(source: string): unknown {
  if (!LONG_DIGITS.test(source)) return JSON.parse(source);
  return JSON.parse(source, (_key, value: unknown, context?: { source?: string }) => {
    const digits = context?.source;
    const exact = typeof value === "number" && digits !== undefined && /^-?\d+$/.test(digits);
    return exact && !Number.isSafeInteger(value) ? BigInt(digits) : value;
  });
}
