import type { Node, Where } from "../read/node.ts";
import type { Lines } from "../report/lines.ts";

/** A place inside a template string: 1-based line and column in the string's own text. */
export interface Inside {
  line: number;
  column: number;
}

/** The place in the document of a place in a scalar's text, with the word that stands there. */
export function locate(node: Node, text: string, inside: Inside, source: string, lines: Lines): Where {
  const offset = offsetIn(node, text, inside, source, lines);
  if (offset === undefined) return node;
  const word = /^[\w.]+/.exec(source.slice(offset, offset + 80))?.[0].length ?? 1;
  return { span: { start: offset, end: offset + word }, place: node.place };
}

function offsetIn(node: Node, text: string, inside: Inside, source: string, lines: Lines): number | undefined {
  if (node.type !== "scalar") return undefined;
  const rows = text.split("\n");
  if (node.style === "literal") {
    const header = lines.position(node.span.start).line;
    const indent = indentOf(rows, lines, header);
    return lines.start(header + inside.line) + indent + inside.column - 1;
  }
  const before = rows.slice(0, inside.line - 1).reduce((sum, row) => sum + row.length + 1, 0) + inside.column - 1;
  const raw = source.slice(node.span.start, node.span.end);
  const quote = node.style === "quoted" ? 1 : 0;
  if (raw.slice(quote, quote + text.length) === text) return node.span.start + quote + before;
  // folded, escaped or joined text: find the same words in the same order
  const snippet = /^[^\n\\"']{1,24}/.exec(text.slice(before))?.[0].trimEnd();
  if (snippet === undefined || snippet === "") return undefined;
  let found = raw.indexOf(snippet);
  for (let at = text.indexOf(snippet); at !== -1 && at < before && found !== -1; at = text.indexOf(snippet, at + 1)) {
    found = raw.indexOf(snippet, found + 1);
  }
  return found === -1 ? undefined : node.span.start + found;
}

/** Blanks that a block scalar's lines have in the document and not in its text. */
function indentOf(rows: readonly string[], lines: Lines, header: number): number {
  const first = rows.findIndex((row) => row.trim() !== "");
  if (first === -1) return 0;
  const blanks = (line: string) => line.length - line.trimStart().length;
  return Math.max(0, blanks(lines.text(header + 1 + first)) - blanks(rows[first] ?? ""));
}
