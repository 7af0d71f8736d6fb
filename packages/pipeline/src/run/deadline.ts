import type { Clock, ErrorInfo } from "@noetl/core";

/** How long a tool may take to end after it was told to (a child gets five seconds to die), in ms. */
const GRACE = 10_000;
/** Ends the waits of a call that is over; given, because an abort without a reason makes an exception with a stack each time. */
const OVER = new Error("the call is over");

export interface Stop {
  readonly signal: AbortSignal;
  /** why the call has to end, once it has */
  reason(): ErrorInfo | undefined;
  close(): void;
}

/** The host's signal and the step's wall clock as one. `at` is in ms since 1970. */
export function openStop(clock: Clock, host: AbortSignal, at: number | undefined): Stop {
  const reason = () => (host.aborted ? cancelled() : undefined);
  if (at === undefined) return { signal: host, reason, close: () => {} };
  const controller = new AbortController();
  const timer = new AbortController();
  let late = false;
  const expire = () => {
    late = true;
    controller.abort(new Error("the step's time is up"));
  };
  const forward = () => controller.abort(host.reason);
  if (host.aborted) forward();
  else host.addEventListener("abort", forward, { once: true });
  if (at <= clock.now()) expire();
  else clock.sleep(at - clock.now(), timer.signal).then(expire, ignoreAbort);
  return {
    signal: controller.signal,
    reason: () => reason() ?? (late ? timedOut("the step's time limit was reached", "STEP_TIMEOUT") : undefined),
    close() {
      host.removeEventListener("abort", forward);
      timer.abort(OVER);
    },
  };
}

export type Limited<T> = { value: T } | { timeout: true; value?: T } | { gone: true };

/**
 * Runs `work` under an attempt limit (ms). `timeout`: the limit ran out, with what the tool still answered; `gone`: it
 * was aborted from outside and never came back.
 */
export async function within<T>(
  clock: Clock,
  outer: AbortSignal,
  limit: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Limited<T>> {
  // Made when something is slept for: most calls have no limit and are not aborted.
  let over: AbortController | undefined;
  const sleep = (ms: number) => {
    over ??= new AbortController();
    return clock.sleep(ms, over.signal);
  };
  const attempt = limit === undefined ? { signal: outer, late: () => false, close: () => {} } : limited(limit);
  let lose: () => void = () => {};
  const lost = new Promise<undefined>((resolve) => {
    lose = () => void sleep(GRACE).then(() => resolve(undefined), ignoreAbort);
  });
  if (attempt.signal.aborted) lose();
  else attempt.signal.addEventListener("abort", lose, { once: true });
  try {
    const ended = await Promise.race([work(attempt.signal).then((value) => ({ value })), lost]);
    if (attempt.late()) return ended ? { timeout: true, value: ended.value } : { timeout: true };
    return ended ?? { gone: true };
  } finally {
    attempt.signal.removeEventListener("abort", lose);
    attempt.close();
    over?.abort(OVER);
  }

  function limited(ms: number) {
    const controller = new AbortController();
    let late = false;
    const abort = () => controller.abort(outer.reason);
    if (outer.aborted) abort();
    else outer.addEventListener("abort", abort, { once: true });
    // The tool knows the limit too and can say more about what it was doing: it goes first.
    sleep(ms + Math.min(ms / 10, 250)).then(() => {
      late = true;
      controller.abort(new Error("the time limit of the attempt was reached"));
    }, ignoreAbort);
    return {
      signal: controller.signal,
      late: () => late,
      close: () => outer.removeEventListener("abort", abort),
    };
  }
}

/** Sleeps until `ms` have passed or someone stops the call: who stopped it knows why. */
export async function rest(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A sleep that was cut short is not an event of its own: who cut it knows why. */
function ignoreAbort(): void {}

export function cancelled(): ErrorInfo {
  return { kind: "cancelled", retryable: false, code: "CANCELLED", message: "the execution was cancelled" };
}

export function timedOut(message: string, code = "TOOL_TIMEOUT"): ErrorInfo {
  return { kind: "timeout", retryable: true, code, message };
}
