import { displayWidth } from "../table.ts";

/** Where progress goes. `print` takes one or more whole lines without the last line end. */
export interface Screen {
  print(text: string): void;
  /** Something that the live part shows has changed. */
  refresh(): void;
  /** Removes the live part; nothing may be printed after it. */
  close(): void;
}

export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

/** Lines as they come: files, pipes, CI logs, dumb terminals. */
export function plainScreen(terminal: Terminal): Screen {
  return {
    print: (text) => void terminal.write(`${text}\n`),
    refresh: () => {},
    close: () => {},
  };
}

const FRAME_MS = 80;
const PENDING_LIMIT = 65_536;

/**
 * Finished lines scroll up as usual; below them `block` is drawn again and again. Every change goes out as one write —
 * erase the block, new lines, new block — so that output never lands inside the block.
 */
export function liveScreen(terminal: Terminal, options: { block(columns: number): string[]; now(): number }): Screen {
  let drawn: string[] = [];
  let pending = "";
  let last = Number.NEGATIVE_INFINITY;
  let closed = false;

  const draw = (lines: string[]) => {
    const erased = erase(drawn, columnsOf(terminal));
    terminal.write(`${erased}${pending}${lines.map((line) => `${line}\n`).join("")}`);
    pending = "";
    drawn = lines;
    last = options.now();
  };
  const frame = () => {
    if (closed) return;
    const room = Math.max(1, (terminal.rows || 24) - 2);
    const lines = options.block(columnsOf(terminal) - 1);
    const shown =
      lines.length > room ? [...lines.slice(0, room - 1), `  … and ${lines.length - room + 1} more`] : lines;
    if (pending === "" && shown.join("\n") === drawn.join("\n")) return;
    draw(shown);
  };
  const soon = () => {
    // The timer does not fire while a run computes without a pause: whoever prints draws when it is due.
    if (pending.length > PENDING_LIMIT || options.now() - last >= FRAME_MS) frame();
  };
  const timer = setInterval(frame, FRAME_MS);
  timer.unref();
  terminal.on?.("resize", frame);

  return {
    print(text) {
      pending += `${text}\n`;
      soon();
    },
    refresh: soon,
    close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      terminal.off?.("resize", frame);
      draw([]);
    },
  };
}

/** Moves to the first row of the block and clears to the end; a narrower window has wrapped its lines meanwhile. */
function erase(drawn: readonly string[], columns: number): string {
  const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
  return rows === 0 ? "" : `\u001b[${rows}A\r\u001b[J`;
}

/** A terminal that does not know its size says 0. */
function columnsOf(terminal: Terminal): number {
  return Math.max(10, terminal.columns || 80);
}
