import { blank, type Line, line, lit } from "./line.ts";

/** The part of a list that is shown: the cursor in the middle, as far as there is something above and below. */
export function windowOf(count: number, at: number, height: number): number {
  return Math.max(0, Math.min(at - Math.floor(height / 2), count - height));
}

export interface ListOptions<T> {
  rows: readonly T[];
  at: number;
  width: number;
  height: number;
  draw(row: T, index: number): Line;
}

/** Rows with the cursor on one of them: reversed, and marked for terminals without that. */
export function list<T>({ rows, at, width, height, draw }: ListOptions<T>): Line[] {
  const from = windowOf(rows.length, at, height);
  return rows.slice(from, from + height).map((row, index) => {
    const spans = draw(row, from + index);
    return from + index === at ? lit([...line("> "), ...spans], width) : [...line("  "), ...spans];
  });
}

/** Exactly this many lines. */
export function exactly(lines: readonly Line[], height: number): Line[] {
  return Array.from({ length: Math.max(0, height) }, (_, index) => lines[index] ?? blank);
}

/** Lines from this one on, never past the last screen of them. */
export function scrolled(lines: readonly Line[], scroll: number, height: number): Line[] {
  const from = Math.max(0, Math.min(scroll, lines.length - height));
  return exactly(lines.slice(from, from + height), height);
}
