import type { Unit } from "../error.ts";
import { fail } from "../error.ts";

const SIMPLE: { readonly [char: string]: string } = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\x07",
  "\n": "",
};
const CODE: { readonly [char: string]: RegExp } = {
  x: /[0-9a-fA-F]{2}/y,
  u: /[0-9a-fA-F]{4}/y,
  U: /00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}/y,
};

/** A quoted literal that starts at `at`; escapes of DSL §8.1, an unknown escape keeps its backslash as in Python. */
export function readString(unit: Unit, at: number): { value: string; end: number } {
  const { source } = unit;
  const quote = source[at];
  let value = "";
  let i = at + 1;
  for (;;) {
    const char = source[i];
    if (char === undefined) fail({ unit, offset: at }, "E_TPL_SYNTAX", "text literal without a closing quote");
    if (char === quote) return { value, end: i + 1 };
    if (char === "\\") {
      const escaped = readEscape(source, i + 1);
      value += escaped.value;
      i = escaped.end;
    } else if (char === "\r" && source[i + 1] === "\n") {
      value += "\n";
      i += 2;
    } else {
      value += char;
      i++;
    }
  }
}

function readEscape(source: string, at: number): { value: string; end: number } {
  const char = source[at] ?? "";
  const simple = Object.hasOwn(SIMPLE, char) ? SIMPLE[char] : undefined;
  if (simple !== undefined) return { value: simple, end: at + 1 };
  const code = Object.hasOwn(CODE, char) ? CODE[char] : undefined;
  if (code) {
    code.lastIndex = at + 1;
    const digits = code.exec(source)?.[0];
    if (digits !== undefined) {
      return { value: String.fromCodePoint(Number.parseInt(digits, 16)), end: at + 1 + digits.length };
    }
  }
  return { value: "\\", end: at };
}
