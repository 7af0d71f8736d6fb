import { type Clock, ensureError, isNoetlError, type Random } from "@noetl/core";

export interface Persistence {
  /** attempts in all */
  tries: number;
  firstMs: number;
  longestMs: number;
}

/** May the same request succeed later? What is no error of ours comes from the network. */
export function mayPass(error: unknown): boolean {
  if (!isNoetlError(error)) return true;
  return error.meaning === "unavailable" || error.meaning === "timeout" || error.meaning === "retryable";
}

/** ±20 %, so that workers that failed together do not come back together. */
export function jittered(ms: number, random: Random): number {
  return ms * (0.8 + random.next() * 0.4);
}

/**
 * Tries again what may pass, with doubling waits; the server's `Retry-After` counts when it is longer. Rejects with the last
 * error, or with the first that will not pass.
 */
export async function persist<T>(
  ports: { clock: Clock; random: Random; signal?: AbortSignal },
  { tries, firstMs, longestMs }: Persistence,
  attempt: () => Promise<T>,
): Promise<T> {
  let delay = firstMs;
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= tries || !mayPass(error) || ports.signal?.aborted) throw ensureError(error);
      const asked = isNoetlError(error) && error.after !== undefined ? error.after * 1_000 : 0;
      await ports.clock.sleep(Math.max(jittered(delay, ports.random), asked), ports.signal);
      delay = Math.min(delay * 2, longestMs);
    }
  }
}
