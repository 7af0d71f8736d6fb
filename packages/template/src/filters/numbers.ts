import { fail } from "../error.ts";
import { roundHalfEven } from "../value/format-number.ts";
import { plain, typeName } from "../value/kind.ts";
import type { Num } from "../value/number.ts";
import { asNumber, isInteger, parseNumber, shrink, truncate } from "../value/number.ts";
import type { Filter } from "./filter.ts";
import { arg, textArg, wholeArg } from "./filter.ts";

/** Truncates toward zero; what is no number becomes `default` (DSL §8.5). */
const int: Filter = (value, args, _run, at) => {
  const fallback = args.positional.length > 0 || args.named ? (arg(args, 0, "default") ?? 0) : 0;
  const v = plain(value);
  const number = asNumber(v);
  if (number !== undefined) return typeof number === "bigint" || Number.isFinite(number) ? truncate(number) : fallback;
  if (typeof v !== "string") return fallback;
  const base = wholeArg(args, 1, "base", 10, at);
  const parsed = base === 10 ? parseNumber(v) : parseRadix(v, base);
  return parsed === undefined || (typeof parsed === "number" && !Number.isFinite(parsed)) ? fallback : truncate(parsed);
};

const PREFIX: { readonly [base: number]: RegExp } = { 2: /^0b/i, 8: /^0o/i, 16: /^0x/i };

function parseRadix(source: string, base: number): Num | undefined {
  const [, sign = "", digits = ""] = /^\s*([+-]?)(\w+)\s*$/.exec(source.slice(0, 5_000)) ?? [];
  const body = digits
    .toLowerCase()
    .replace(PREFIX[base] ?? /^$/, "")
    .replaceAll("_", "");
  if (body === "" || base < 2 || base > 36) return undefined;
  let total = 0n;
  for (const char of body) {
    const digit = Number.parseInt(char, 36);
    if (!(digit < base)) return undefined;
    total = total * BigInt(base) + BigInt(digit);
  }
  return shrink(sign === "-" ? -total : total);
}

const float: Filter = (value, args) => {
  const fallback = arg(args, 0, "default") ?? 0;
  const v = plain(value);
  const number = typeof v === "string" ? parseNumber(v) : asNumber(v);
  return number ?? fallback;
};

const abs: Filter = (value, _args, _run, at) => {
  const number = asNumber(plain(value));
  if (number === undefined) return fail(at, "E_TPL_TYPE", `abs needs a number, not ${typeName(value)}`);
  return typeof number === "bigint" ? (number < 0n ? -number : number) : Math.abs(number);
};

const round: Filter = (value, args, _run, at) => {
  const number = asNumber(plain(value));
  const places = wholeArg(args, 0, "precision", 0, at);
  const method = textArg(args, 1, "method", "common");
  if (number === undefined) return fail(at, "E_TPL_TYPE", `round needs a number, not ${typeName(value)}`);
  if (method !== "common" && method !== "ceil" && method !== "floor") {
    fail(at, "E_TPL_VALUE", "round takes the methods common, ceil and floor");
  }
  if (typeof number === "bigint" || !Number.isFinite(number) || Math.abs(places) > 300) return number;
  if (places >= 0 && isInteger(number)) return number;
  const scale = 10 ** Math.abs(places);
  const scaled = places >= 0 ? number * scale : number / scale;
  if (method !== "common") {
    const cut = Math[method](scaled);
    return places >= 0 ? cut / scale : cut * scale;
  }
  if (places >= 0) return Number(roundHalfEven(number, Math.min(places, 100)));
  return Number(roundHalfEven(scaled, 0)) * scale;
};

const TRUE: ReadonlySet<string> = new Set(["1", "true", "yes", "on"]);

const bool: Filter = (value) => {
  const v = plain(value);
  if (typeof v === "string") return TRUE.has(v.trim().toLowerCase());
  return v !== undefined && v !== null && v !== false && v !== 0 && v !== 0n;
};

const filesizeformat: Filter = (value, args, run, at) => {
  const bytes = Number(float(value, { positional: [], named: undefined }, run, at));
  const binary = plain(arg(args, 0, "binary")) === true;
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const prefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
  const power = Math.min(prefixes.length, Math.floor(Math.log(bytes) / Math.log(base) + 1e-12));
  const prefix = binary ? `${prefixes[power - 1]?.toUpperCase()}i` : prefixes[power - 1];
  return `${roundHalfEven(bytes / base ** power, 1)} ${prefix}B`;
};

export const NUMBERS: readonly (readonly [string, Filter])[] = [
  ["int", int],
  ["float", float],
  ["abs", abs],
  ["round", round],
  ["bool", bool],
  ["filesizeformat", filesizeformat],
];
