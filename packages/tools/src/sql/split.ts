import { sqlTokens } from "./scan.ts";

export interface Statement {
  /** without the `;` and the white space around it */
  text: string;
  /** the first words, upper case: what kind of statement it is */
  words: string[];
}

const WORDS = 6;

/**
 * Statements of SQL text, split at top-level `;` (DSL §12.5). Empty ones and ones of comments only are dropped. A `;` in
 * parentheses (rules) or in the `BEGIN ATOMIC … END` body of a function belongs to its statement.
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let words: string[] = [];
  let blocks = 0;
  let parentheses = 0;
  let content = false;
  const finish = (end: number) => {
    if (content) statements.push({ text: sql.slice(start, end).trim(), words });
    start = end + 1;
    words = [];
    blocks = 0;
    parentheses = 0;
    content = false;
  };
  for (const token of sqlTokens(sql)) {
    if (token.kind === "space" || token.kind === "comment") continue;
    const char = token.kind === "other" ? sql.charAt(token.start) : "";
    if (char === ";" && blocks === 0 && parentheses === 0) {
      finish(token.start);
      continue;
    }
    content = true;
    if (char === "(") parentheses++;
    else if (char === ")") parentheses = Math.max(0, parentheses - 1);
    else if (token.kind === "word") {
      const word = sql.slice(token.start, token.end).toUpperCase();
      if (words.length < WORDS) words.push(word);
      blocks = blockDepth(blocks, word, words);
    }
  }
  finish(sql.length);
  return statements;
}

function blockDepth(depth: number, word: string, words: readonly string[]): number {
  if (!createsRoutine(words)) return 0;
  if (word === "BEGIN" || (word === "CASE" && depth > 0)) return depth + 1;
  return word === "END" && depth > 0 ? depth - 1 : depth;
}

function createsRoutine(words: readonly string[]): boolean {
  if (words[0] !== "CREATE") return false;
  const what = words[1] === "OR" && words[2] === "REPLACE" ? words[3] : words[1];
  return what === "FUNCTION" || what === "PROCEDURE";
}
