import { fail } from "../error.ts";
import { entriesOf } from "../value/iterate.ts";
import { plain } from "../value/kind.ts";
import { escapeHtml } from "./encoding.ts";
import type { Filter } from "./filter.ts";
import { arg, flagArg, inputText, textArg, wholeArg } from "./filter.ts";

const escaped: Filter = (value) => escapeHtml(value);

const NAMED: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

const striptags: Filter = (value, _args, run) => {
  const bare = removeBetween(removeBetween(inputText(value, run), "<!--", "-->"), "<", ">");
  return bare
    .trim()
    .replace(/\s+/g, " ")
    .replace(
      /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{1,8}));/g,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? whole) : whole;
        const code = decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      },
    );
};

function removeBetween(source: string, open: string, close: string): string {
  let out = "";
  let from = 0;
  for (;;) {
    const start = source.indexOf(open, from);
    const end = start < 0 ? -1 : source.indexOf(close, start + open.length);
    if (end < 0) return out + source.slice(from);
    out += source.slice(from, start);
    from = end + close.length;
  }
}

const xmlattr: Filter = (value, args, run, at) => {
  const parts: string[] = [];
  for (const [key, item] of entriesOf(value, run, at)) {
    if (item === undefined || item === null) continue;
    if (/[\s/>=]/.test(key)) fail(at, "E_TPL_VALUE", `'${key}' is no attribute name`);
    parts.push(`${escapeHtml(key)}="${escapeHtml(item)}"`);
  }
  const out = parts.join(" ");
  return out !== "" && flagArg(args, 0, "autospace", true) ? ` ${out}` : out;
};

/** Links for `http://`, `https://` and `www.` words. */
const urlize: Filter = (value, args, run, at) => {
  const limit = wholeArg(args, 0, "trim_url_limit", Number.MAX_SAFE_INTEGER, at);
  const target = plain(arg(args, 2, "target"));
  const rel = [
    ...new Set([
      ...textArg(args, 3, "rel", "").split(" "),
      "noopener",
      flagArg(args, 1, "nofollow", false) ? "nofollow" : "",
    ]),
  ]
    .filter((word) => word !== "")
    .sort()
    .join(" ");
  const attributes = ` rel="${escapeHtml(rel)}"${typeof target === "string" ? ` target="${escapeHtml(target)}"` : ""}`;
  return inputText(value, run)
    .split(/(\s+)/)
    .map((word) => {
      const [, before = "", url = "", after = ""] =
        /^([(<]*)((?:https?:\/\/|www\.)[^\s<>]*[^\s<>.,:;!?)'"])([^\s]*)$/.exec(word.slice(0, 4_000)) ?? [];
      if (url === "") return escapeHtml(word);
      const href = escapeHtml(url.startsWith("www.") ? `https://${url}` : url);
      const shown = url.length > limit ? `${url.slice(0, limit)}...` : url;
      return `${escapeHtml(before)}<a href="${href}"${attributes}>${escapeHtml(shown)}</a>${escapeHtml(after)}`;
    })
    .join("");
};

export const MARKUP: readonly (readonly [string, Filter])[] = [
  ["escape", escaped],
  ["e", escaped],
  ["forceescape", escaped],
  ["striptags", striptags],
  ["xmlattr", xmlattr],
  ["urlize", urlize],
];
