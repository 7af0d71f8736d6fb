import { fail } from "../error.ts";
import { stringMethod } from "../methods/string.ts";
import { plain } from "../value/kind.ts";
import { formatPercent, Tuple } from "../value/percent.ts";
import { repr } from "../value/repr.ts";
import { text } from "../value/text.ts";
import type { Filter } from "./filter.ts";
import { arg, inputText, textArg, wholeArg } from "./filter.ts";

const lower: Filter = (value, _args, run) => inputTextOrName(value, run.limits.outputBytes).toLowerCase();
const upper: Filter = (value, _args, run) => inputTextOrName(value, run.limits.outputBytes).toUpperCase();

/** Text filters print before they work, so `true | lower` is `true` and `none | lower` is `none`. */
function inputTextOrName(value: unknown, limit: number): string {
  return typeof value === "string" ? value : text(value, limit);
}

const string: Filter = (value, _args, run) => inputTextOrName(value, run.limits.outputBytes);

const capitalize: Filter = (value, _args, run) => {
  const [first = "", ...rest] = inputTextOrName(value, run.limits.outputBytes);
  return first.toUpperCase() + rest.join("").toLowerCase();
};

/** Words begin behind blanks, dashes and opening brackets, not behind apostrophes. */
const title: Filter = (value, _args, run) =>
  inputTextOrName(value, run.limits.outputBytes)
    .split(/([-\s({[<]+)/)
    .map((word) => {
      const [first = "", ...rest] = word;
      return first.toUpperCase() + rest.join("").toLowerCase();
    })
    .join("");

const trim: Filter = (value, args, run, at) =>
  stringMethod(
    "strip",
    inputText(value, run),
    args.positional.length > 0 ? args : { positional: [arg(args, 0, "chars")], named: undefined },
    run,
    at,
  );

const replace: Filter = (value, args, run, at) => {
  const source = inputTextOrName(value, run.limits.outputBytes);
  const count = plain(arg(args, 2, "count"));
  const positional: unknown[] = [textArg(args, 0, "old", ""), textArg(args, 1, "new", "")];
  if (count !== undefined && count !== null) positional.push(count);
  return stringMethod("replace", source, { positional, named: undefined }, run, at);
};

const split: Filter = (value, args, run, at) => {
  const positional = [plain(arg(args, 0, "sep")) ?? null, wholeArg(args, 1, "maxsplit", -1, at)];
  return stringMethod("split", inputText(value, run), { positional, named: undefined }, run, at);
};

const center: Filter = (value, args, run, at) => {
  const positional = [wholeArg(args, 0, "width", 80, at)];
  return stringMethod("center", inputText(value, run), { positional, named: undefined }, run, at);
};

const format: Filter = (value, args, run, at) => {
  const { named, positional } = args;
  if (named && positional.length > 0) fail(at, "E_TPL_VALUE", "format takes positions or names, not both");
  return formatPercent(inputText(value, run), named ? Object.fromEntries(named) : new Tuple(positional), run, at);
};

const wordcount: Filter = (value, _args, run) => inputText(value, run).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
const pprint: Filter = (value) => repr(value);
const safe: Filter = (value) => value;

const defaultTo: Filter = (value, args) => {
  const v = typeof value === "object" && value !== null ? plain(value) : value;
  if (v !== undefined && v !== null) {
    const replaceFalsy = args.positional.length > 1 || args.named ? plain(arg(args, 1, "boolean")) : false;
    const falsy = v === false || v === 0 || v === "" || (typeof v === "object" && Object.keys(v).length === 0);
    if (!(replaceFalsy && falsy)) return value;
  }
  const fallback = arg(args, 0, "default_value");
  return fallback === undefined && args.positional.length === 0 ? "" : fallback;
};

export const STRINGS: readonly (readonly [string, Filter])[] = [
  ["lower", lower],
  ["upper", upper],
  ["string", string],
  ["capitalize", capitalize],
  ["title", title],
  ["trim", trim],
  ["replace", replace],
  ["split", split],
  ["center", center],
  ["format", format],
  ["wordcount", wordcount],
  ["pprint", pprint],
  ["safe", safe],
  ["default", defaultTo],
  ["d", defaultTo],
];
