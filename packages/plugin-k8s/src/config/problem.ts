import { NoetlError } from "@noetl/core";
import type { Document, LineCounter } from "yaml";
import { isMap, isScalar } from "yaml";

export type Path = readonly PropertyKey[];

/** A file with positions. */
export interface Source {
  file: string;
  text: string;
  document: Document;
  lines: LineCounter;
}

export interface Problem {
  message: string;
  hint?: string | undefined;
  /** from and to in the text; undefined = the file as a whole */
  range?: readonly [number, number] | undefined;
  /** the line holds a secret and is not shown */
  hidden?: boolean | undefined;
}

/** A value that does not go together with another. */
export interface Contradiction {
  /** the value to change */
  path: Path;
  message: string;
  hint?: string;
  /** the value is a secret */
  hidden?: boolean;
}

/** Where a value stands, or the nearest one around it; `key`: the key itself. */
export function rangeAt({ document }: Source, path: Path, key?: string): readonly [number, number] | undefined {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (key !== undefined && depth === path.length && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair && isScalar(pair.key) && pair.key.range) return [pair.key.range[0], pair.key.range[1]];
    }
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
      const [from, to] = node.range as [number, number];
      return [from, to];
    }
  }
  return undefined;
}

/** Every problem with its place and a caret below it, as one error of meaning `validation`. */
export function invalid(source: Source, problems: readonly Problem[]): NoetlError {
  const inOrder = problems.toSorted((a, b) => (a.range?.[0] ?? -1) - (b.range?.[0] ?? -1));
  return new NoetlError("validation", "E_K8S_CONFIG", inOrder.map((each) => draw(source, each)).join("\n"));
}

function draw({ file, text, lines }: Source, { message: what, hint, range, hidden }: Problem): string {
  const message = hint === undefined ? what : `${what}; ${hint}`;
  if (!range) return `${file}: ${message}`;
  const { line, col } = lines.linePos(range[0]);
  if (hidden) return `${file}:${line}:${col}: ${message}`;
  const start = range[0] - (col - 1);
  const end = text.indexOf("\n", start);
  const shown = masked(text.slice(start, end === -1 ? undefined : end).trimEnd());
  const gutter = String(line).padStart(5);
  const indent = shown.slice(0, col - 1).replace(/[^\t]/g, " ");
  const width = Math.max(1, Math.min(range[1] - range[0], shown.length - col + 1));
  return `${file}:${line}:${col}: ${message}\n${gutter} | ${shown}\n${" ".repeat(5)} | ${indent}${"^".repeat(width)}`;
}

/** Passwords of addresses, star for sign, so that the caret stays where it is. */
function masked(line: string): string {
  return line.replaceAll(
    /(:\/\/[^/@\s:]*:)([^/@\s]+)@/g,
    (_, before: string, word: string) => `${before}${"*".repeat(word.length)}@`,
  );
}
