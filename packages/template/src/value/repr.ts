import { isMap, plain } from "./kind.ts";
import { numberText } from "./number.ts";
import { text } from "./text.ts";

/** Python's `repr`, as `pprint` and `%r` print it. */
export function repr(value: unknown, depth = 0): string {
  if (depth > 200) throw new RangeError("nested too deeply");
  const v = plain(value);
  if (v === undefined) return "Undefined";
  if (typeof v === "string") return quoted(v);
  if (typeof v === "number" || typeof v === "bigint") return numberText(v);
  if (Array.isArray(v)) return `[${v.map((item) => repr(item, depth + 1)).join(", ")}]`;
  if (!isMap(v)) return text(v);
  return `{${Object.entries(v)
    .map(([key, item]) => `${quoted(key)}: ${repr(item, depth + 1)}`)
    .join(", ")}}`;
}

const ESCAPES: { readonly [char: string]: string } = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quoted(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python escapes control characters
  const body = value.replace(/[\\\x00-\x1f\x7f]/g, (char) => {
    return ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}
