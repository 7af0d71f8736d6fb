import type { At } from "../error.ts";
import { fail } from "../error.ts";
import { arg, flagArg, wholeArg } from "../filters/filter.ts";
import type { Run } from "../run.ts";
import { characterCount, characters } from "../value/characters.ts";
import { padded } from "../value/format-number.ts";
import { listOf } from "../value/iterate.ts";
import type { CallArguments } from "../value/kind.ts";
import { plain, typeName } from "../value/kind.ts";
import { formatBraces } from "./format.ts";
import { lastSplit, partition, split } from "./split.ts";

type Method = (text: string, args: CallArguments, run: Run, at: At) => unknown;

/** A method of Python's `str` on a text (DSL §8.3). */
export function stringMethod(name: string, text: string, args: CallArguments, run: Run, at: At): unknown {
  const method = STRING_METHODS.get(name);
  return method ? method(text, args, run, at) : fail(at, "E_TPL_CALL", `text has no method '${name}'`);
}

function textOf(args: CallArguments, index: number, at: At): string {
  const value = plain(args.positional[index]);
  return typeof value === "string" ? value : fail(at, "E_TPL_TYPE", `expected text, not ${typeName(value)}`);
}

function strip(start: boolean, end: boolean): Method {
  return (text, args, _run, at) => {
    const set = plain(args.positional[0]);
    if (set === undefined || set === null) return start ? (end ? text.trim() : text.trimStart()) : text.trimEnd();
    const drop = new Set(textOf(args, 0, at));
    const chars = characters(text);
    let from = 0;
    let to = chars.length;
    while (start && from < to && drop.has(chars[from] ?? "")) from++;
    while (end && to > from && drop.has(chars[to - 1] ?? "")) to--;
    return chars.slice(from, to).join("");
  };
}

function edge(test: (text: string, part: string) => boolean): Method {
  return (text, args, _run, at) => {
    const parts = plain(args.positional[0]);
    if (Array.isArray(parts)) return parts.some((part) => test(text, String(part)));
    return test(text, textOf(args, 0, at));
  };
}

function search(last: boolean, must: boolean): Method {
  return (text, args, _run, at) => {
    const part = textOf(args, 0, at);
    const start = wholeArg(args, 1, "start", 0, at);
    const chars = characters(text);
    const from = chars.slice(0, start < 0 ? Math.max(0, chars.length + start) : start).join("").length;
    const end = wholeArg(args, 2, "end", chars.length, at);
    const within = text.slice(0, chars.slice(0, end < 0 ? chars.length + end : end).join("").length);
    const found = last ? within.lastIndexOf(part) : within.indexOf(part, from);
    if (found >= from) return characterCount(text.slice(0, found));
    return must ? fail(at, "E_TPL_VALUE", `'${part}' does not occur`) : -1;
  };
}

function all(pattern: RegExp): Method {
  return (text) => pattern.test(text);
}

const replace: Method = (text, args, run, at) => {
  const old = textOf(args, 0, at);
  const fresh = textOf(args, 1, at);
  const count = wholeArg(args, 2, "count", -1, at);
  const pieces = old === "" ? gaps(text, count) : split(text, old, count);
  run.fits(text.length + pieces.length * fresh.length, at);
  return pieces.join(fresh);
};

/** The empty text occurs before every character and at the end. */
function gaps(text: string, count: number): string[] {
  const chars = ["", ...characters(text), ""];
  if (count < 0 || count >= chars.length - 1) return chars;
  return [...chars.slice(0, count), chars.slice(count).join("")];
}

const join: Method = (text, args, run, at) => {
  const parts = listOf(args.positional[0], run, at).map((part) => {
    const v = plain(part);
    return typeof v === "string"
      ? v
      : fail(at, "E_TPL_TYPE", `join needs texts, not ${typeName(v)}`, "'| join' takes anything");
  });
  run.fits(
    parts.reduce((sum, part) => sum + part.length + text.length, 0),
    at,
  );
  return parts.join(text);
};

function pad(align: string): Method {
  return (text, args, run, at) => {
    const width = wholeArg(args, 0, "width", 0, at);
    run.fits(width, at);
    const fill = args.positional.length > 1 ? textOf(args, 1, at) : align === "=" ? "0" : " ";
    if (align !== "^") return padded(text, width, align, fill);
    const missing = width - characterCount(text);
    if (missing <= 0) return text;
    // Python puts the odd blank on the left when the width is odd
    const left = Math.floor(missing / 2) + (missing & width & 1);
    return fill.repeat(left) + text + fill.repeat(missing - left);
  };
}

const title: Method = (text) =>
  text.replace(/\p{L}+/gu, (word) => {
    const [first = "", ...rest] = word;
    return first.toUpperCase() + rest.join("").toLowerCase();
  });

const capitalize: Method = (text) => {
  const [first = "", ...rest] = text;
  return first.toUpperCase() + rest.join("").toLowerCase();
};

const swapcase: Method = (text) =>
  characters(text)
    .map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
    .join("");

const count: Method = (text, args, _run, at) => {
  const part = textOf(args, 0, at);
  return part === "" ? characterCount(text) + 1 : text.split(part).length - 1;
};

const expandtabs: Method = (text, args, run, at) => {
  const size = wholeArg(args, 0, "tabsize", 8, at);
  run.fits(text.length * Math.max(1, size), at);
  let column = 0;
  return characters(text)
    .map((char) => {
      if (char === "\n" || char === "\r") column = -1;
      const blanks = char === "\t" && size > 0 ? size - (column % size) : 1;
      column += char === "\t" && size <= 0 ? 0 : blanks;
      return char === "\t" ? " ".repeat(size > 0 ? blanks : 0) : char;
    })
    .join("");
};

const cased =
  (change: (text: string) => string): Method =>
  (text) =>
    change(text) === text && text.toLowerCase() !== text.toUpperCase();

export const STRING_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["upper", (text) => text.toUpperCase()],
  ["lower", (text) => text.toLowerCase()],
  ["casefold", (text) => text.toLowerCase()],
  ["swapcase", swapcase],
  ["title", title],
  ["capitalize", capitalize],
  ["strip", strip(true, true)],
  ["lstrip", strip(true, false)],
  ["rstrip", strip(false, true)],
  ["split", (text, args, _run, at) => split(text, separatorOf(args, at), wholeArg(args, 1, "maxsplit", -1, at))],
  ["rsplit", (text, args, _run, at) => lastSplit(text, separatorOf(args, at), wholeArg(args, 1, "maxsplit", -1, at))],
  ["splitlines", (text, args) => lines(text, flagArg(args, 0, "keepends", false))],
  ["partition", (text, args, _run, at) => partition(text, textOf(args, 0, at), false)],
  ["rpartition", (text, args, _run, at) => partition(text, textOf(args, 0, at), true)],
  ["join", join],
  ["replace", replace],
  ["startswith", edge((text, part) => text.startsWith(part))],
  ["endswith", edge((text, part) => text.endsWith(part))],
  [
    "removeprefix",
    (text, args, _run, at) => (text.startsWith(textOf(args, 0, at)) ? text.slice(textOf(args, 0, at).length) : text),
  ],
  ["removesuffix", removeSuffix],
  ["find", search(false, false)],
  ["rfind", search(true, false)],
  ["index", search(false, true)],
  ["rindex", search(true, true)],
  ["count", count],
  ["zfill", pad("=")],
  ["ljust", pad("<")],
  ["rjust", pad(">")],
  ["center", pad("^")],
  ["expandtabs", expandtabs],
  ["format", formatBraces],
  ["isdigit", all(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u)],
  ["isdecimal", all(/^\p{Nd}+$/u)],
  ["isnumeric", all(/^\p{N}+$/u)],
  ["isalpha", all(/^\p{L}+$/u)],
  ["isalnum", all(/^[\p{L}\p{N}]+$/u)],
  ["isspace", all(/^\s+$/u)],
  ["isidentifier", all(/^[\p{ID_Start}_]\p{ID_Continue}*$/u)],
  ["isupper", cased((text) => text.toUpperCase())],
  ["islower", cased((text) => text.toLowerCase())],
  ["istitle", (text, args, run, at) => /\p{L}/u.test(text) && title(text, args, run, at) === text],
]);

function removeSuffix(text: string, args: CallArguments, _run: Run, at: At): string {
  const suffix = textOf(args, 0, at);
  return suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

function separatorOf(args: CallArguments, at: At): string | undefined {
  const separator = plain(arg(args, 0, "sep"));
  if (separator === undefined || separator === null) return undefined;
  if (typeof separator !== "string")
    return fail(at, "E_TPL_TYPE", `the separator must be text, not ${typeName(separator)}`);
  return separator === "" ? fail(at, "E_TPL_VALUE", "the separator is empty") : separator;
}

function lines(text: string, keepEnds: boolean): string[] {
  const parts = text.match(/[^\r\n]*(?:\r\n|\n|\r|$)/g)?.filter((line) => line !== "") ?? [];
  return keepEnds ? parts : parts.map((line) => line.replace(/[\r\n]+$/, ""));
}
