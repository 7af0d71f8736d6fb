import { fail } from "../error.ts";
import { listOf } from "../value/iterate.ts";
import { jsonIndented, jsonText, parseJson } from "../value/json.ts";
import { isMap, plain, plainSequence } from "../value/kind.ts";
import { text } from "../value/text.ts";
import type { Filter } from "./filter.ts";
import { arg, inputText, wholeArg } from "./filter.ts";

const tojson: Filter = (value, args, run, at) => {
  const indent = args.positional.length > 0 || args.named ? plain(arg(args, 0, "indent")) : undefined;
  if (indent === undefined || indent === null) return jsonText(value, run.limits.outputBytes);
  return jsonIndented(value, Math.max(0, wholeArg(args, 0, "indent", 2, at)), run.limits.outputBytes);
};

const fromjson: Filter = (value, _args, run, at) => {
  const v = plain(value);
  if (typeof v !== "string") return v;
  run.fits(v.length, at);
  try {
    return parseJson(v);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail(at, "E_TPL_VALUE", `this is no JSON: ${error.message}`);
  }
};

const b64encode: Filter = (value, _args, run) => Buffer.from(inputText(value, run), "utf8").toString("base64");

const b64decode: Filter = (value, _args, run, at) => {
  const source = inputText(value, run).replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(source)) fail(at, "E_TPL_VALUE", "this is no base64");
  return Buffer.from(source, "base64").toString("utf8");
};

/** Percent-encodes as Python's `quote`: only letters, digits and `_.-~` stay, and `/` in plain text. */
function quote(source: string, keep: string): string {
  return encodeURIComponent(source.toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%2F/g, keep.includes("/") ? "/" : "%2F");
}

const urlencode: Filter = (value, _args, run, at) => {
  const v = plainSequence(value);
  if (typeof v !== "object" || v === null) return quote(inputText(v, run), "/");
  const pairs = isMap(v) ? Object.entries(v) : listOf(v, run, at).map((pair) => listOf(pair, run, at));
  const field = (part: unknown) => quote(inputText(part, run), "").replace(/%20/g, "+");
  return pairs.map(([key, part]) => `${field(key)}=${field(part)}`).join("&");
};

/** One word of a POSIX shell, whatever the value holds; a list gives as many words (cli.md §6.10). */
const shellQuote: Filter = (value, _args, run, at) => {
  const v = plainSequence(value);
  const words = typeof v === "object" && v !== null && !isMap(v) ? listOf(v, run, at) : [v];
  return words.map((word) => shellWord(inputText(word, run))).join(" ");
};

function shellWord(source: string): string {
  if (/^[\w@%+=:,./-]+$/.test(source)) return source;
  return `'${source.replaceAll("'", `'"'"'`)}'`;
}

export const ENCODING: readonly (readonly [string, Filter])[] = [
  ["tojson", tojson],
  ["to_json", tojson],
  ["fromjson", fromjson],
  ["from_json", fromjson],
  ["b64encode", b64encode],
  ["b64decode", b64decode],
  ["urlencode", urlencode],
  ["shell_quote", shellQuote],
];

export function escapeHtml(value: unknown): string {
  return text(value).replace(/[&<>'"]/g, (char) => ENTITIES[char] ?? char);
}

const ENTITIES: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&#34;",
};
