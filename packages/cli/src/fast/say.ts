import { writeSync } from "node:fs";

/**
 * Prints on stdout without the stream, whose making costs a binary more than all the rest of such an answer. A pipe that
 * is full gets the rest through the stream after all; a reader that left is no error, a full disk is one.
 */
export function say(text: string): void {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") process.stdout.write(rest);
    else if (code !== "EPIPE") {
      process.exitCode = 1;
      writeSync(2, `Error: ${(error as Error).message}\n`);
    }
  }
}
