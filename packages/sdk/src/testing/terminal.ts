import type { Terminal } from "../view/screen.ts";

/** A terminal small enough to be checked: wraps at its width, keeps what scrolled out, knows the sequences we send. */
export interface TestTerminal extends Terminal {
  /** all lines from the first on, without the empty ones at the end */
  lines(): string[];
  resize(columns: number): void;
  columns: number;
  rows: number;
}

export function testTerminal(columns: number, rows: number): TestTerminal {
  let screen: string[] = [""];
  let row = 0;
  let column = 0;
  const resized = new Set<() => void>();

  const put = (character: string) => {
    if (column >= terminal.columns) newline();
    const line = (screen[row] ?? "").padEnd(column);
    screen[row] = line.slice(0, column) + character + line.slice(column + 1);
    column++;
  };
  const newline = () => {
    row++;
    column = 0;
    screen[row] ??= "";
  };

  const terminal: TestTerminal = {
    columns,
    rows,
    write(text) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
      for (const part of text.match(/\u001b\[\d*[A-Za-z]|[\s\S]/gu) ?? []) {
        if (part === "\n") newline();
        else if (part === "\r") column = 0;
        else if (part.endsWith("A") && part.startsWith("\u001b")) row = Math.max(0, row - Number(part.slice(2, -1)));
        else if (part === "\u001b[J") {
          screen = screen.slice(0, row + 1);
          screen[row] = (screen[row] ?? "").slice(0, column);
        } else if (part.startsWith("\u001b")) throw new Error(`unknown sequence ${JSON.stringify(part)}`);
        else put(part);
      }
      return true;
    },
    lines() {
      const text = screen.map((line) => line.trimEnd());
      while (text.at(-1) === "") text.pop();
      return text;
    },
    /** What real terminals do: lines that are now too long are wrapped. */
    resize(to) {
      terminal.columns = to;
      screen = screen.flatMap((line) =>
        line.length <= to ? [line] : (line.match(new RegExp(`.{1,${to}}`, "g")) ?? []),
      );
      row = screen.length - 1;
      for (const listener of resized) listener();
    },
    on: (_event, listener) => resized.add(listener),
    off: (_event, listener) => resized.delete(listener),
  };
  return terminal;
}
