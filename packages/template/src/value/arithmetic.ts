import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { BinaryOp } from "../parse/ast.ts";
import type { Run } from "../run.ts";
import { isMap, isView, plain, plainSequence, typeName } from "./kind.ts";
import type { Num } from "./number.ts";
import { asNumber, isInteger, shrink } from "./number.ts";
import { formatPercent } from "./percent.ts";

const MAX_BITS = 100_000;

export type Binary = (left: unknown, right: unknown, run: Run, at: At) => unknown;

/** DSL §8.3: numbers add, texts and lists concatenate, nil counts as '' next to text. */
export const add: Binary = (left, right, run, at) => {
  if (typeof left === "string" && typeof right === "string") return joined(left, right, run, at);
  if (isView(left) || isView(right)) return add(plainSequence(left), plainSequence(right), run, at);
  const x = asNumber(left);
  const y = asNumber(right);
  if (x !== undefined && y !== undefined)
    return exactly(
      x,
      y,
      (a, b) => a + b,
      (a, b) => a + b,
    );
  const a = plainSequence(left);
  const b = plainSequence(right);
  if (typeof a === "string" && typeof (b ?? "") === "string") return joined(a, String(b ?? ""), run, at);
  if (typeof b === "string" && (a === undefined || a === null)) return b;
  if (Array.isArray(a) && Array.isArray(b)) {
    run.charge(a.length + b.length, at);
    return [...a, ...b];
  }
  const hint = typeof a === "string" || typeof b === "string" ? "'~' joins anything to text" : undefined;
  return fail(at, "E_TPL_TYPE", `${typeName(a)} and ${typeName(b)} cannot be added`, hint);
};

export const subtract: Binary = (left, right, _run, at) => {
  const [x, y] = numbers("-", left, right, at);
  return exactly(
    x,
    y,
    (a, b) => a - b,
    (a, b) => a - b,
  );
};

export const multiply: Binary = (left, right, run, at) => {
  if (isView(left) || isView(right)) return multiply(plainSequence(left), plainSequence(right), run, at);
  const x = asNumber(left);
  const y = asNumber(right);
  if (x !== undefined && y !== undefined) {
    if (typeof x === "bigint" && typeof y === "bigint") bounded(bits(x) + bits(y), at);
    return exactly(
      x,
      y,
      (a, b) => a * b,
      (a, b) => a * b,
    );
  }
  if (x !== undefined) return repeated(right, x, run, at) ?? mismatch("*", left, right, at);
  if (y !== undefined) return repeated(left, y, run, at) ?? mismatch("*", left, right, at);
  return mismatch("*", left, right, at);
};

export const divide: Binary = (left, right, _run, at) => {
  const [x, y] = numbers("/", left, right, at);
  nonZero(y, at);
  if (typeof x === "bigint" && typeof y === "bigint" && x % y === 0n) return shrink(x / y);
  return Number(x) / Number(y);
};

export const floorDivide: Binary = (left, right, _run, at) => {
  const [x, y] = numbers("//", left, right, at);
  nonZero(y, at);
  if (typeof x === "number" && typeof y === "number") return Math.floor(x / y) + 0;
  if (!isInteger(x) || !isInteger(y)) return Math.floor(Number(x) / Number(y));
  const a = BigInt(x);
  const b = BigInt(y);
  return shrink((a - modulo(a, b)) / b);
};

/** The sign of the divisor; with text on the left, Python's `%` formatting. */
export const remainder: Binary = (left, right, run, at) => {
  const format = plain(left);
  if (typeof format === "string") return formatPercent(format, right, run, at);
  const [x, y] = numbers("%", left, right, at);
  nonZero(y, at);
  if (typeof x === "number" && typeof y === "number") {
    const rest = x % y;
    return (rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest) + 0;
  }
  if (!isInteger(x) || !isInteger(y)) return remainder(Number(x), Number(y), run, at);
  return shrink(modulo(BigInt(x), BigInt(y)));
};

export const power: Binary = (left, right, _run, at) => {
  const [x, y] = numbers("**", left, right, at);
  if (isInteger(x) && isInteger(y) && y >= 0) {
    const quick = Number(x) ** Number(y);
    if (Number.isSafeInteger(quick)) return quick;
    const base = BigInt(x);
    if (base === 0n || base === 1n || base === -1n)
      return Number(base) * (base === -1n && BigInt(y) % 2n === 0n ? -1 : 1);
    bounded(bits(base) * Number(y), at);
    return shrink(base ** BigInt(y));
  }
  if (Number(x) === 0 && y < 0) fail(at, "E_TPL_VALUE", "0 cannot be raised to a negative power");
  const result = Number(x) ** Number(y);
  return Number.isNaN(result) ? fail(at, "E_TPL_VALUE", "the power is no real number") : result;
};

export const BINARY: { readonly [op in BinaryOp]: Binary } = {
  "+": add,
  "-": subtract,
  "*": multiply,
  "/": divide,
  "//": floorDivide,
  "%": remainder,
  "**": power,
};

export function negate(value: unknown, at: At): Num {
  const x = asNumber(plain(value));
  if (x === undefined) return fail(at, "E_TPL_TYPE", `${typeName(value)} has no sign`);
  return typeof x === "bigint" ? shrink(-x) : 0 - x;
}

/** In numbers while that is exact, else in bigint; floats stay floats. */
function exactly(
  x: Num,
  y: Num,
  small: (a: number, b: number) => number,
  large: (a: bigint, b: bigint) => bigint,
): Num {
  if (typeof x === "number" && typeof y === "number") {
    const quick = small(x, y);
    if (!Number.isInteger(quick) || Number.isSafeInteger(quick)) return quick;
    if (!Number.isSafeInteger(x) || !Number.isSafeInteger(y)) return quick;
    return large(BigInt(x), BigInt(y));
  }
  if (!isExact(x) || !isExact(y)) return small(Number(x), Number(y));
  return shrink(large(BigInt(x), BigInt(y)));
}

function isExact(value: Num): boolean {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

function joined(a: string, b: string, run: Run, at: At): string {
  run.fits(a.length + b.length, at);
  return a + b;
}

function repeated(value: unknown, times: Num, run: Run, at: At): unknown {
  const v = plainSequence(value);
  if (typeof v !== "string" && !Array.isArray(v)) return undefined;
  if (!isInteger(times)) fail(at, "E_TPL_TYPE", "text and lists are repeated a whole number of times");
  const n = Math.max(0, Number(times));
  if (typeof v === "string") {
    run.fits(v.length * n, at);
    return v.repeat(v === "" ? 0 : n);
  }
  run.charge(v.length * n, at);
  return Array.from({ length: v.length * n }, (_, i) => v[i % v.length]);
}

function numbers(op: BinaryOp, left: unknown, right: unknown, at: At): [Num, Num] {
  const x = asNumber(left) ?? asNumber(plain(left));
  const y = asNumber(right) ?? asNumber(plain(right));
  return x === undefined || y === undefined ? mismatch(op, left, right, at) : [x, y];
}

function mismatch(op: BinaryOp, left: unknown, right: unknown, at: At): never {
  const hint = isMap(plain(left)) ? undefined : "'| int' and '| float' turn text into a number";
  return fail(at, "E_TPL_TYPE", `'${op}' does not work on ${typeName(left)} and ${typeName(right)}`, hint);
}

function nonZero(value: Num, at: At): void {
  if (Number(value) === 0) fail(at, "E_TPL_VALUE", "division by zero");
}

function modulo(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function bits(value: bigint): number {
  return value.toString(16).length * 4;
}

function bounded(size: number, at: At): void {
  if (size > MAX_BITS) fail(at, "E_TPL_LIMIT", "the number is too large");
}
