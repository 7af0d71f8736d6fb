import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import type { CallArguments } from "../value/kind.ts";
import { plain, typeName } from "../value/kind.ts";
import { asNumber, isInteger } from "../value/number.ts";
import { text } from "../value/text.ts";

/** `value | name(args)`. The value may be a view; a filter decides which face of it it needs. */
export type Filter = (value: unknown, args: CallArguments, run: Run, at: At) => unknown;

export const NO_ARGUMENTS: CallArguments = { positional: [], named: undefined };

/** Argument by position or name; `undefined` when absent. */
export function arg(args: CallArguments, index: number, name: string): unknown {
  return index < args.positional.length ? args.positional[index] : args.named?.get(name);
}

export function textArg(args: CallArguments, index: number, name: string, fallback: string): string {
  const value = plain(arg(args, index, name));
  return value === undefined || value === null ? fallback : text(value);
}

export function wholeArg(args: CallArguments, index: number, name: string, fallback: number, at: At): number {
  const value = plain(arg(args, index, name));
  if (value === undefined || value === null) return fallback;
  const number = asNumber(value);
  if (number === undefined || !isInteger(number)) {
    return fail(at, "E_TPL_TYPE", `argument '${name}' must be a whole number, not ${typeName(value)}`);
  }
  return Number(number);
}

export function flagArg(args: CallArguments, index: number, name: string, fallback: boolean): boolean {
  const value = plain(arg(args, index, name));
  return value === undefined || value === null ? fallback : value !== false && value !== 0 && value !== "";
}

/** The rest behind the first `n` arguments: what `map` and `select` hand on. */
export function behind(args: CallArguments, n: number): CallArguments {
  return args.positional.length <= n && !args.named
    ? NO_ARGUMENTS
    : { positional: args.positional.slice(n), named: args.named };
}

/** Text of a value as filters on text see it: nil is empty. */
export function inputText(value: unknown, run: Run): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : text(value, run.limits.outputBytes);
}
