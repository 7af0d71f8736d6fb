import { stripVTControlCharacters } from "node:util";

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const ZERO = /^(?:\p{Mark}|[\u200b-\u200f])$/u;

/** Columns the text takes in a terminal: colour codes and combining marks none, CJK and emoji two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (ZERO.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Cuts to at most `width` columns; what was cut shows as `…`. Text must hold no colour codes. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    const next = displayWidth(character);
    if (used + next > width) break;
    kept += character;
    used += next;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** Rows under upper-case headings, columns two blanks apart, the last one not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))));
  const pad = (cell: string, column: number) =>
    cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell)));
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}
