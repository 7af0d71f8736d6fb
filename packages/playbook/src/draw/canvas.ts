/** Text cells in which lines join where they meet. */
export interface Canvas {
  vertical(x: number, from: number, to: number): void;
  horizontal(y: number, from: number, to: number): void;
  box(x: number, y: number, width: number, height: number): void;
  write(x: number, y: number, text: string): void;
  isFree(x: number, y: number, length: number): boolean;
  lines(): string[];
}

const UP = 1;
const DOWN = 2;
const LEFT = 4;
const RIGHT = 8;

/** Indexed by the sum of directions. */
const UNICODE = " │││─┘┐┤─└┌├─┴┬┼";
const ASCII = " |||-++|-++|-+++";

export function canvas(options: { ascii?: boolean } = {}): Canvas {
  const rows: { arms: number[]; text: (string | undefined)[] }[] = [];
  const row = (y: number) => {
    while (rows.length <= y) rows.push({ arms: [], text: [] });
    return rows[y] ?? { arms: [], text: [] };
  };
  const arm = (x: number, y: number, directions: number) => {
    const { arms } = row(y);
    while (arms.length <= x) arms.push(0);
    arms[x] = (arms[x] ?? 0) | directions;
  };
  const strip = options.ascii ? ASCII : UNICODE;
  const made: Canvas = {
    vertical(x, from, to) {
      for (let y = from; y < to; y++) {
        arm(x, y, DOWN);
        arm(x, y + 1, UP);
      }
    },
    horizontal(y, from, to) {
      for (let x = Math.min(from, to); x < Math.max(from, to); x++) {
        arm(x, y, RIGHT);
        arm(x + 1, y, LEFT);
      }
    },
    box(x, y, width, height) {
      made.horizontal(y, x, x + width - 1);
      made.horizontal(y + height - 1, x, x + width - 1);
      made.vertical(x, y, y + height - 1);
      made.vertical(x + width - 1, y, y + height - 1);
    },
    write(x, y, text) {
      const cells = row(y).text;
      [...text].forEach((character, index) => {
        cells[x + index] = character;
      });
    },
    isFree(x, y, length) {
      const { arms, text } = row(y);
      for (let at = x; at < x + length; at++) if (arms[at] || text[at] !== undefined) return false;
      return true;
    },
    lines: () =>
      rows.map(({ arms, text }) => {
        const width = Math.max(arms.length, text.length);
        return Array.from({ length: width }, (_, x) => text[x] ?? strip[arms[x] ?? 0] ?? " ")
          .join("")
          .trimEnd();
      }),
  };
  return made;
}
