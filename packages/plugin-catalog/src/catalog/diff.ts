/** A line of a comparison: kept, only in the first text, only in the second. */
export interface DiffLine {
  mark: " " | "-" | "+";
  text: string;
}

export interface Hunk {
  /** first line in either text, from 1 */
  from: number;
  to: number;
  lines: DiffLine[];
}

const CONTEXT = 3;
/** Texts that differ in more lines have nothing in common worth showing. */
const LIMIT = 2_000;

/** The shortest script of lines that turns `a` into `b`, in hunks with three lines around each change. */
export function diffLines(a: string, b: string): Hunk[] {
  return hunksOf(script(linesOf(a), linesOf(b)));
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Myers' greedy search on what is left between the common head and tail. */
function script(a: readonly string[], b: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const kept = (lines: readonly string[]) => lines.map((text): DiffLine => ({ mark: " ", text }));
  const middle = shortest(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...kept(a.slice(0, head)), ...middle, ...kept(a.slice(a.length - tail))];
}

function shortest(a: readonly string[], b: readonly string[]): DiffLine[] {
  /** how far each diagonal was reached before the edit of that number */
  const history: Map<number, number>[] = [];
  const reached = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= LIMIT; edits++) {
    history.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = goesDown(reached, diagonal, edits) ? at(reached, diagonal + 1) : at(reached, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reached.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(a, b, history);
    }
  }
  return [...a.map((text): DiffLine => ({ mark: "-", text })), ...b.map((text): DiffLine => ({ mark: "+", text }))];
}

function walkBack(a: readonly string[], b: readonly string[], history: readonly Map<number, number>[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  const keepTo = (startX: number, startY: number) => {
    for (; x > startX && y > startY; x--, y--) lines.push({ mark: " ", text: a[x - 1] ?? "" });
  };
  for (const [edits, before] of [...history.entries()].reverse()) {
    if (edits === 0) break;
    const down = goesDown(before, x - y, edits);
    const startX = at(before, down ? x - y + 1 : x - y - 1);
    const startY = startX - (down ? x - y + 1 : x - y - 1);
    keepTo(startX, startY);
    lines.push(down ? { mark: "+", text: b[startY] ?? "" } : { mark: "-", text: a[startX] ?? "" });
    x = startX;
    y = startY;
  }
  keepTo(0, 0);
  return lines.reverse();
}

function at(reached: ReadonlyMap<number, number>, diagonal: number): number {
  return reached.get(diagonal) ?? -1;
}

function goesDown(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && at(reached, diagonal - 1) < at(reached, diagonal + 1));
}

function hunksOf(lines: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let from = 1;
  let to = 1;
  let last = Number.NEGATIVE_INFINITY;
  const positions = lines.map(({ mark }) => {
    const position = { from, to };
    if (mark !== "+") from++;
    if (mark !== "-") to++;
    return position;
  });
  for (const [index, { mark }] of lines.entries()) {
    if (mark === " ") continue;
    const begin = Math.max(0, index - CONTEXT);
    const end = Math.min(lines.length, index + CONTEXT + 1);
    const open = hunks.at(-1);
    if (open && begin <= last) open.lines.push(...lines.slice(last, end));
    else hunks.push({ from: 1, to: 1, ...positions[begin], lines: lines.slice(begin, end) });
    last = end;
  }
  return hunks;
}
