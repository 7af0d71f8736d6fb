import type { ErrorInfo } from "@noetl/core";
import type { Retry } from "./state.ts";

/**
 * Milliseconds before attempt n+1 (DSL §13.3): `none` waits only when a delay was given, `fixed` the delay, `linear`
 * delay·n, `exponential` delay·2^(n−1); jitter adds up to a quarter; capped by `max_delay`. A larger `retry_after` of
 * the error replaces it.
 */
export function retryDelay(retry: Retry, attempt: number, random: number, error: ErrorInfo | undefined): number {
  const seconds = Math.min(backoff(retry, attempt) * (retry.jitter ? 1 + random / 4 : 1), retry.maxDelay);
  const asked = error?.retry_after;
  return Math.round(1_000 * (asked !== undefined && asked > seconds ? asked : seconds));
}

function backoff(retry: Retry, attempt: number): number {
  const delay = retry.delay ?? 1;
  switch (retry.backoff) {
    case "none":
      return retry.delay ?? 0;
    case "fixed":
      return delay;
    case "linear":
      return delay * attempt;
    case "exponential":
      return delay * 2 ** Math.min(attempt - 1, 60);
  }
}
