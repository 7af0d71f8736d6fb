/**
 * Marks stand in a configuration in the place of values, go through the manifests like any value, and are found again in
 * the objects: there the chart has an expression. Text is marked by words, a number by a number nobody writes, so that
 * sums (a drain and what comes after it) are found as well.
 */
export interface Mark {
  /** dotted place in the values */
  path: string;
  /** what stands in the configuration meanwhile */
  stand: string | number;
}

const FIRST = 7_310_000;
const STEP = 1_000;
/** What is added to a value is small. */
const MOST = 100;

export const textMark = (index: number): string => `zq${String(index).padStart(3, "0")}qz`;
export const numberMark = (index: number): number => FIRST + index * STEP;
/** A name of something computed, for `Derived`. */
export const derivedMark = (name: string): string => `zd-${name}-dz`;

/** A value of the chart, or something computed; `plus`: a number to add. */
export type Expression = { path: string; number: boolean; plus: number } | { derived: string };
export type Piece = { literal: string } | Expression;

const MARKS = /zq(\d{3})qz|\b(7[3-9]\d{5})\b|zd-(.+?)-dz/g;

/** Text in pieces, the marks among them. */
export function piecesOf(text: string, marks: readonly Mark[]): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, words, digits, derived] = match;
    const piece =
      derived !== undefined
        ? { derived }
        : words !== undefined
          ? reference(marks, Number(words), 0)
          : reference(marks, Math.floor((Number(digits) - FIRST) / STEP), (Number(digits) - FIRST) % STEP);
    if (!piece) continue;
    if (match.index > at) found.push({ literal: text.slice(at, match.index) });
    found.push(piece);
    at = match.index + whole.length;
  }
  if (at < text.length || found.length === 0) found.push({ literal: text.slice(at) });
  return found;
}

export function numberPiece(value: number, marks: readonly Mark[]): Expression | undefined {
  const index = Math.floor((value - FIRST) / STEP);
  return value < FIRST ? undefined : reference(marks, index, (value - FIRST) % STEP);
}

function reference(marks: readonly Mark[], index: number, plus: number): Expression | undefined {
  const mark = marks[index];
  if (!mark || plus > MOST) return undefined;
  return { path: mark.path, number: typeof mark.stand === "number", plus };
}
