import { open } from "node:fs/promises";

const BLOCK = 64 << 10;

/** The last lines of a file; nothing when there is no file. */
export async function lastLines(file: string, count: number): Promise<{ text: string; end: number }> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { text: "", end: 0 };
    throw error;
  }
  try {
    const { size } = await handle.stat();
    let from = size;
    let bytes = Buffer.alloc(0);
    while (from > 0 && lines(bytes) <= count) {
      const length = Math.min(BLOCK, from);
      from -= length;
      const block = Buffer.alloc(length);
      await handle.read(block, 0, length, from);
      bytes = Buffer.concat([block, bytes]);
    }
    const all = bytes.toString("utf8").split("\n");
    const ended = all.at(-1) === "" ? 1 : 0;
    return { text: count === 0 ? "" : all.slice(Math.max(0, all.length - ended - count)).join("\n"), end: size };
  } finally {
    await handle.close();
  }
}

function lines(bytes: Buffer): number {
  let found = 0;
  for (const byte of bytes) if (byte === 10) found += 1;
  return found;
}

/** Gives on what is appended from `position` on, until `signal` aborts. A file that became shorter is read from its beginning. */
export async function follow(
  file: string,
  position: number,
  signal: AbortSignal,
  write: (bytes: Buffer) => void,
): Promise<void> {
  let at = position;
  while (!signal.aborted) {
    at = await readOn(file, at, write);
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, 200);
      signal.addEventListener("abort", end);
    });
  }
}

async function readOn(file: string, position: number, write: (bytes: Buffer) => void): Promise<number> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      let at = size < position ? 0 : position;
      while (at < size) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(BLOCK), 0, BLOCK, at);
        if (bytesRead === 0) break;
        write(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      return at;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
