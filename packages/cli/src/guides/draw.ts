import type { Palette } from "@noetl/sdk";
import type { Guide, Part } from "./guide.ts";

/** A guide for a terminal of that many columns. */
export function guideText({ parts }: Guide, width: number, paint: Palette): string {
  return `${parts.map((part) => partText(part, width, paint)).join("\n\n")}\n`;
}

/** The guides for the end of `noetl --help`. */
export function guideList(guides: readonly Guide[], paint: Palette): string {
  const wide = Math.max(...guides.map(({ name }) => name.length));
  const lines = guides.map(({ name, summary }) => `  ${name.padEnd(wide)}  ${summary}`);
  return `${paint.bold("GUIDES")} (help NAME)\n${lines.join("\n")}\n`;
}

function partText({ title, text, rows = [] }: Part, width: number, paint: Palette): string {
  const lines = [paint.bold(title.toUpperCase())];
  if (text !== undefined) lines.push(...wrapped(text, width - 2).map((line) => `  ${line}`));
  // A term that is longer than this has a line of its own.
  const wide = Math.min(30, Math.max(...rows.map(([term]) => term.length)));
  for (const [term, meaning] of rows) {
    const [first = "", ...more] = wrapped(meaning, width - wide - 4);
    const indent = " ".repeat(wide + 4);
    if (term.length <= wide) lines.push(`  ${term.padEnd(wide)}  ${first}`.trimEnd());
    else lines.push(...wrapped(term, width - 2).map((line) => `  ${line}`), `${indent}${first}`);
    lines.push(...more.map((line) => indent + line));
  }
  return lines.join("\n");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
