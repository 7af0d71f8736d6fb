import { setTimeout } from "node:timers/promises";

/** Resolves after so long, or at once when nobody waits any more. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== "AbortError") throw error;
  });
}

const FIRST_MS = 500;
const SLOWEST_MS = 8_000;

/** How long to wait after so many failures in a row. */
export function backoff(failures: number): number {
  return Math.min(SLOWEST_MS, FIRST_MS * 2 ** (failures - 1));
}
