import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import { formatNumber, padded } from "./format-number.ts";
import { isMap, own, plain, typeName } from "./kind.ts";
import { asNumber } from "./number.ts";
import { repr } from "./repr.ts";
import { text } from "./text.ts";

const SPEC = /%(?:\(([^)]*)\))?([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?(.?)/gs;

/** A tuple written as such: its items are the arguments. Any other list is one argument, unless more are asked for. */
export class Tuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** Python's `'…' % values`. Throws E_TPL_VALUE and E_TPL_TYPE where Python does. */
export function formatPercent(format: string, values: unknown, run: Run, at: At): string {
  const value = values instanceof Tuple ? values : plain(values);
  const wanted = format.match(SPEC)?.filter((spec) => !spec.endsWith("%") || spec === "%").length ?? 0;
  const list = value instanceof Tuple ? value.items : Array.isArray(value) && wanted !== 1 ? value : [value];
  let next = 0;
  const take = (): unknown => {
    if (next >= list.length) fail(at, "E_TPL_TYPE", "not enough values for the format");
    return list[next++];
  };
  const out = format.replace(SPEC, (whole, key?: string, flags = "", width?: string, precision?: string, type = "") => {
    if (type === "%") return "%";
    if (type === "") return fail(at, "E_TPL_VALUE", `incomplete format '${whole}'`);
    const columns = width === "*" ? Number(take()) : Number(width ?? 0);
    const digits = precision === undefined ? undefined : precision === "*" ? Number(take()) : Number(precision);
    run.fits(columns + (digits ?? 0), at);
    let argument: unknown;
    if (key === undefined) argument = take();
    else {
      if (!isMap(value)) fail(at, "E_TPL_TYPE", `'%(${key})' needs a map`);
      argument = own(value, key);
      next = list.length;
    }
    return convert(argument, { flags, columns, digits, type }, at);
  });
  if (next < list.length && !isMap(value)) fail(at, "E_TPL_TYPE", "more values than the format has places");
  run.fits(out.length, at);
  return out;
}

interface Conversion {
  flags: string;
  columns: number;
  digits: number | undefined;
  type: string;
}

function convert(value: unknown, { flags, columns, digits, type }: Conversion, at: At): string {
  const align = flags.includes("-") ? "<" : ">";
  if (type === "s" || type === "r" || type === "a") {
    const full = type === "s" ? text(value) : repr(value);
    return padded(digits === undefined ? full : full.slice(0, digits), columns, align, " ");
  }
  if (type === "c")
    return padded(typeof value === "number" ? String.fromCodePoint(value) : text(value), columns, align, " ");
  const number = asNumber(plain(value));
  if (number === undefined) return fail(at, "E_TPL_TYPE", `'%${type}' needs a number, not ${typeName(value)}`);
  const kind = type === "i" || type === "u" ? "d" : type;
  if (!/^[dxXoeEfFgG]$/.test(kind)) return fail(at, "E_TPL_VALUE", `unknown format '%${type}'`);
  const sign = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "-";
  const body = formatNumber(number, {
    type: kind,
    precision: digits,
    sign,
    alternate: flags.includes("#"),
    whole: true,
  });
  return align === ">" && flags.includes("0") ? padded(body, columns, "=", "0") : padded(body, columns, align, " ");
}
