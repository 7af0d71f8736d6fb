import type { Unit } from "../error.ts";
import { fail } from "../error.ts";
import { readString } from "./string-literal.ts";
import type { Token } from "./token.ts";

const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|\d(?:_?\d)*(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?/y;
const DIGITS = /\d+/y;
const OPERATOR = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=()[\]{}.,:|]/y;
const MAX_TOKENS = 100_000;

export interface Lexed {
  tokens: Token[];
  /** offset behind the closing delimiter */
  next: number;
  trimAfter: boolean;
}

/**
 * Reads tokens from `from` up to the closing delimiter (`}}` or `%}`, with or without `-`/`+`), which counts only outside
 * braces (DSL §8.1). Without `close` the whole rest is one expression.
 */
export function lex(unit: Unit, from: number, close: "}}" | "%}" | undefined): Lexed {
  const { source } = unit;
  const tokens: Token[] = [];
  let depth = 0;
  let i = from;
  for (;;) {
    i = skipSpace(source, i);
    if (close !== undefined && depth === 0) {
      const dash = source[i] === "-" || (source[i] === "+" && close === "%}") ? 1 : 0;
      if (source.startsWith(close, i + dash)) {
        tokens.push({ kind: "end", value: "", at: i, end: i });
        return { tokens, next: i + dash + 2, trimAfter: source[i] === "-" };
      }
    }
    if (i >= source.length) {
      if (close !== undefined) fail({ unit, offset: from - 2 }, "E_TPL_SYNTAX", `missing '${close}'`);
      tokens.push({ kind: "end", value: "", at: i, end: i });
      return { tokens, next: i, trimAfter: false };
    }
    if (tokens.length > MAX_TOKENS) fail({ unit, offset: i }, "E_TPL_LIMIT", "the expression is too long");
    const token = readToken(unit, i, tokens.at(-1));
    if (token.kind === "op") {
      if (token.value === "{") depth++;
      else if (token.value === "}" && depth > 0) depth--;
    }
    tokens.push(token);
    i = token.end;
  }
}

function readToken(unit: Unit, at: number, before: Token | undefined): Token {
  const { source } = unit;
  const char = source[at] ?? "";
  if (char === "'" || char === '"') {
    const { value, end } = readString(unit, at);
    return { kind: "string", value, at, end };
  }
  const digits = match(before?.kind === "op" && before.value === "." ? DIGITS : NUMBER, source, at);
  if (digits !== undefined) return { kind: "number", value: numberOf(digits), at, end: at + digits.length };
  const name = match(NAME, source, at);
  if (name !== undefined) return { kind: "name", value: name, at, end: at + name.length };
  const op = match(OPERATOR, source, at);
  if (op !== undefined) return { kind: "op", value: op, at, end: at + op.length };
  return fail(
    { unit, offset: at },
    "E_TPL_SYNTAX",
    `unexpected character '${String.fromCodePoint(source.codePointAt(at) ?? 0)}'`,
  );
}

function numberOf(text: string): number | bigint {
  const digits = text.replaceAll("_", "");
  const value = Number(digits);
  if (Number.isSafeInteger(value) || /^[^xX]*[.eE]/.test(digits)) return value;
  return BigInt(digits);
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function skipSpace(source: string, from: number): number {
  let i = from;
  while (i < source.length && /\s/.test(source[i] ?? "")) i++;
  return i;
}
