import type { Json } from "./json.ts";

/** Where a number may begin; digits of a text follow a quote or other letters. */
const LONG_DIGITS = /(?:^|[\s:,[-])\d{16}/;

/**
 * `JSON.parse` that keeps integers beyond ±(2^53−1) exact, as strings of digits (DSL §1.3, decision 50).
 * Throws `SyntaxError`.
 */
export function parseJson(text: string): Json {
  // A reviver makes parsing several times slower, so it is used only where it can matter.
  return LONG_DIGITS.test(text) ? JSON.parse(text, exact) : JSON.parse(text);
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
