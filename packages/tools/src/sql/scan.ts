/** A piece of SQL text. `word` is an unquoted identifier, keyword or number; `other` one character of anything else. */
export interface SqlToken {
  kind: "space" | "comment" | "string" | "quoted" | "word" | "other";
  start: number;
  end: number;
}

const SPACE = /\s+/y;
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_$]*/uy;
const LINE_COMMENT = /--[^\n]*/y;
const STRING = /'(?:[^']|'')*'?/y;
const ESCAPE_STRING = /'(?:[^'\\]|''|\\[\s\S])*'?/y;
const QUOTED = /"(?:[^"]|"")*"?/y;
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const BLOCK_MARK = /\/\*|\*\//g;

/**
 * The tokens of SQL text, in order and without gaps. Knows what a `;` or `:name` may hide in: `'…''…'`, `E'…\'…'`, `"…"`,
 * `$tag$…$tag$`, `--` and nested block comments. What is never closed runs to the end: the server has the better message.
 */
export function* sqlTokens(text: string): Generator<SqlToken> {
  let at = 0;
  while (at < text.length) {
    const [kind, end] = tokenAt(text, at);
    yield { kind, start: at, end };
    at = end;
  }
}

function tokenAt(text: string, at: number): [SqlToken["kind"], number] {
  const char = text.charAt(at);
  if (char === "'") return ["string", endOf(STRING, text, at)];
  if (char === '"') return ["quoted", endOf(QUOTED, text, at)];
  if (char === "-" && text.charAt(at + 1) === "-") return ["comment", endOf(LINE_COMMENT, text, at)];
  if (char === "/" && text.charAt(at + 1) === "*") return ["comment", endOfBlockComment(text, at)];
  if (char === "$") {
    const tagEnd = endOf(DOLLAR_TAG, text, at);
    if (tagEnd > at) {
      const close = text.indexOf(text.slice(at, tagEnd), tagEnd);
      return ["string", close === -1 ? text.length : close + tagEnd - at];
    }
  }
  if ((char === "E" || char === "e") && text.charAt(at + 1) === "'") {
    return ["string", endOf(ESCAPE_STRING, text, at + 1)];
  }
  const spaceEnd = endOf(SPACE, text, at);
  if (spaceEnd > at) return ["space", spaceEnd];
  const wordEnd = endOf(WORD, text, at);
  if (wordEnd > at) return ["word", wordEnd];
  return ["other", at + 1];
}

/** End of the match at exactly `at`; `at` when there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function endOfBlockComment(text: string, at: number): number {
  let depth = 0;
  BLOCK_MARK.lastIndex = at;
  for (;;) {
    const match = BLOCK_MARK.exec(text);
    if (match === null) return text.length;
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return BLOCK_MARK.lastIndex;
  }
}
