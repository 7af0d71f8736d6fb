import { once } from "node:events";
import { setTimeout } from "node:timers/promises";

/** Where nobody can wake us, the signal that stops is ignored and none wakes, ms. */
const PATIENCE_MS = 250;

/**
 * What Ctrl-Z does where the terminal itself sees it: stops everything that runs in front, and resolves when the shell
 * brought it back.
 */
export async function stopped(): Promise<void> {
  const back = new AbortController();
  const woken = once(process, "SIGCONT", { signal: back.signal });
  try {
    process.kill(0, "SIGTSTP");
    await Promise.race([woken, setTimeout(PATIENCE_MS, undefined, { signal: back.signal })]);
    // Only who is in front is told of another size of the window: this makes Node look.
    const looked = once(process, "SIGWINCH");
    process.kill(process.pid, "SIGWINCH");
    await looked;
  } finally {
    back.abort();
    await woken.catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    });
  }
}
