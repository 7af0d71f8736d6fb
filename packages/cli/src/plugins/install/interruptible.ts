import { NoetlError } from "@noetl/core";
import { EXIT, listenForInterrupt } from "@noetl/sdk";

/** Runs `work` so that Ctrl-C ends its npm and lets it take back what it began. Meaning `cancelled`, code `INTERRUPTED`. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = listenForInterrupt({ onFirst: () => {}, onSecond: () => process.exit(EXIT.interrupted) });
  try {
    return await work(interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new NoetlError("cancelled", "INTERRUPTED", "interrupted; nothing was changed", { cause: error });
  } finally {
    interrupt.release();
  }
}
