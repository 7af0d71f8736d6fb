/** Turns offsets into 1-based lines and columns; columns count UTF-16 units, as editors do. */
export interface Lines {
  position(offset: number): { line: number; column: number };
  /** text of a 1-based line without its line end */
  text(line: number): string;
  /** offset of the first character of a 1-based line */
  start(line: number): number;
  readonly count: number;
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const start = (line: number) => starts[Math.min(Math.max(line, 1), starts.length) - 1] ?? 0;
  return {
    count: starts.length,
    start,
    position(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
    text(line) {
      if (line < 1 || line > starts.length) return "";
      const end = line < starts.length ? start(line + 1) - 1 : text.length;
      return text.slice(start(line), end).replace(/\r$/, "");
    },
  };
}
