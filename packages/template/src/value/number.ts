/** Integers are safe JS numbers or bigint; every other number is a float. */
export type Num = number | bigint;

/** Numbers and booleans as numbers, else undefined. */
export function asNumber(value: unknown): Num | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return typeof value === "boolean" ? Number(value) : undefined;
}

export function isInteger(value: Num): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

/** bigint only where a number would not be exact. */
export function shrink(value: bigint): Num {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Shortest decimal with Python's thresholds for exponents; integral floats without `.0`; `-0` is `0` (decision 50). */
export function numberText(value: Num): string {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 16) return String(value);
  const digits = String(Math.abs(exponent)).padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
}

const NUMERIC = /^\s*[+-]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d+)?\s*$/;
const INTEGER = /^\s*[+-]?\d(?:_?\d)*\s*$/;

/** A number written as text, else undefined. */
export function parseNumber(text: string): Num | undefined {
  if (text.length > 5_000 || !NUMERIC.test(text)) return undefined;
  const digits = text.trim().replaceAll("_", "");
  const value = Number(digits);
  if (INTEGER.test(text) && !Number.isSafeInteger(value)) return BigInt(digits.replace(/^\+/, ""));
  return value;
}

export function truncate(value: Num): Num {
  if (typeof value === "bigint") return value;
  const whole = Math.trunc(value) + 0;
  return Number.isSafeInteger(whole) ? whole : BigInt(whole);
}
