import type { Num } from "./number.ts";
import { isInteger, numberText, truncate } from "./number.ts";

export interface NumberFormat {
  /** one of d x X o b e E f F g G % n, or '' */
  type: string;
  precision?: number | undefined;
  /** "-" only negative numbers carry a sign */
  sign: string;
  alternate?: boolean;
  /** digits are grouped in threes with this */
  group?: string;
  /** integer types cut fractions, as `%d` does */
  whole?: boolean;
}

/** A number by Python's format types, without padding. */
export function formatNumber(value: Num, format: NumberFormat): string {
  const negative = value < 0;
  const body = group(digitsOf(negative ? absolute(value) : value, format), format.group ?? "");
  return (negative ? "-" : format.sign === "-" ? "" : format.sign) + body;
}

function absolute(value: Num): Num {
  return typeof value === "bigint" ? -value : Math.abs(value);
}

const RADIX: { readonly [type: string]: number } = { d: 10, n: 10, x: 16, X: 16, o: 8, b: 2 };
const PREFIX: { readonly [type: string]: string } = { x: "0x", X: "0X", o: "0o", b: "0b" };

function digitsOf(value: Num, { type, precision, alternate, whole }: NumberFormat): string {
  const radix = RADIX[type];
  if (radix !== undefined) {
    const digits = (whole ? truncate(value) : value).toString(radix);
    const prefix = alternate ? (PREFIX[type] ?? "") : "";
    return prefix + (type === "X" ? digits.toUpperCase() : digits);
  }
  const number = Number(value);
  const places = Math.min(precision ?? 6, 100);
  if (!Number.isFinite(number)) return numberText(number);
  switch (type) {
    case "f":
    case "F":
      return fixed(value, number, places);
    case "%":
      return `${fixed(number * 100, number * 100, places)}%`;
    case "e":
    case "E":
      return exponent(number.toExponential(places), type);
    case "g":
    case "G":
      return general(number, places || 1, alternate === true, type);
    default:
      return precision === undefined ? numberText(value) : general(number, places || 1, false, "g");
  }
}

function fixed(value: Num, number: number, places: number): string {
  if (isInteger(value) && !Number.isSafeInteger(number)) {
    return BigInt(value).toString() + (places > 0 ? `.${"0".repeat(places)}` : "");
  }
  return roundHalfEven(number, places);
}

/** `toFixed` rounds exact ties up; Python rounds them to even. */
export function roundHalfEven(number: number, places: number): string {
  const rounded = number.toFixed(places);
  const exact = number.toFixed(Math.min(100, places + 60));
  const tail = exact.slice(exact.indexOf(".") + 1 + places);
  if (!/^50*$/.test(tail) || places > 40) return rounded;
  const digits = exact.slice(0, exact.length - tail.length).replace(/\.$/, "");
  return /[02468]$/.test(digits) ? digits : rounded;
}

function general(number: number, places: number, keepZeros: boolean, type: string): string {
  if (number === 0) return "0";
  const power = Number(number.toExponential(places - 1).split("e")[1]);
  if (power < -4 || power >= places) {
    const [mantissa = "", tail = ""] = number.toExponential(places - 1).split("e");
    const short = keepZeros || !mantissa.includes(".") ? mantissa : mantissa.replace(/\.?0+$/, "");
    return exponent(`${short}e${tail}`, type === "G" ? "E" : "e");
  }
  const text = number.toFixed(Math.max(0, places - 1 - power));
  return keepZeros || !text.includes(".") ? text : text.replace(/\.?0+$/, "");
}

/** Python writes at least two digits of exponent. */
function exponent(text: string, type: string): string {
  const out = text.replace(/e([+-])(\d)$/, "e$10$2");
  return type === "E" ? out.toUpperCase() : out;
}

function group(text: string, separator: string): string {
  if (separator === "") return text;
  const [, whole = "", rest = ""] = /^(\d*)(.*)$/s.exec(text) ?? [];
  return whole.replace(/\B(?=(?:\d{3})+$)/g, separator) + rest;
}

/** `=` pads between sign and digits. */
export function padded(text: string, columns: number, align: string, fill: string): string {
  const missing = columns - Array.from(text).length;
  if (missing <= 0) return text;
  if (align === "<") return text + fill.repeat(missing);
  if (align === "^") return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2));
  if (align === "=") {
    const [, sign = "", digits = ""] = /^([+\- ]?(?:0[xXob])?)(.*)$/s.exec(text) ?? [];
    return sign + fill.repeat(missing) + digits;
  }
  return fill.repeat(missing) + text;
}
