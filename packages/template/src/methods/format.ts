import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import { formatNumber, padded } from "../value/format-number.ts";
import type { CallArguments } from "../value/kind.ts";
import { plain, typeName } from "../value/kind.ts";
import { isInteger, type Num } from "../value/number.ts";
import { repr } from "../value/repr.ts";
import { text } from "../value/text.ts";

const FIELD = /\{\{|\}\}|\{(\d*|[\p{ID_Start}_]\p{ID_Continue}*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/gu;
const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** Python's `'…'.format(…)`: `{}`, `{n}`, `{name}` with conversions and format specs; no access into values. */
export function formatBraces(source: string, args: CallArguments, run: Run, at: At): string {
  let next = 0;
  const out = source.replace(FIELD, (whole, name?: string, conversion?: string, spec = "") => {
    if (whole === "{{" || whole === "}}") return whole.charAt(0);
    if (name === undefined) return fail(at, "E_TPL_VALUE", `'${whole}' does not fit in a format`);
    const value = /^\d*$/.test(name)
      ? positional(args, name === "" ? next++ : Number(name), at)
      : named(args, name, at);
    const shown = conversion === undefined ? value : conversion === "s" ? text(value) : repr(value);
    return spec === "" ? text(shown, run.limits.outputBytes) : formatValue(shown, spec, run, at);
  });
  run.fits(out.length, at);
  return out;
}

function positional(args: CallArguments, index: number, at: At): unknown {
  if (index >= args.positional.length)
    fail(at, "E_TPL_VALUE", `the format needs more than ${args.positional.length} values`);
  return args.positional[index];
}

function named(args: CallArguments, name: string, at: At): unknown {
  if (!args.named?.has(name)) fail(at, "E_TPL_VALUE", `the format needs a value named '${name}'`);
  return args.named.get(name);
}

function formatValue(value: unknown, spec: string, run: Run, at: At): string {
  const parts = SPEC.exec(spec);
  if (!parts) return fail(at, "E_TPL_VALUE", `unknown format '${spec}'`);
  const [, fill, align, sign = "-", alternate, zero, width, group = "", precision, type = ""] = parts;
  const columns = Number(width ?? 0);
  const digits = precision === undefined ? undefined : Number(precision);
  run.fits(columns + (digits ?? 0), at);
  const v = plain(value);
  const number = typeof v === "number" || typeof v === "bigint" ? v : undefined;
  if (number === undefined || type === "s") {
    if (type !== "" && type !== "s") fail(at, "E_TPL_VALUE", `format '${type}' needs a number, not ${typeName(v)}`);
    const full = text(v, run.limits.outputBytes);
    const cut = digits === undefined ? full : Array.from(full).slice(0, digits).join("");
    return padded(cut, columns, align ?? (zero ? "=" : "<"), fill ?? (zero ? "0" : " "));
  }
  const body = formatNumber(number, {
    type: checked(number, type, at),
    precision: digits,
    sign,
    alternate: alternate === "#",
    group,
  });
  return padded(body, columns, align ?? (zero ? "=" : ">"), fill ?? (zero ? "0" : " "));
}

function checked(number: Num, type: string, at: At): string {
  if (!/^[dxXobneEfFgG%]?$/.test(type)) fail(at, "E_TPL_VALUE", `unknown format '${type}'`);
  if (/^[dxXob]$/.test(type) && !isInteger(number)) fail(at, "E_TPL_VALUE", `format '${type}' needs a whole number`);
  return type;
}
