import { isNoetlError } from "@noetl/core";
import { cancelled, timedOut } from "../outcome.ts";
import type { ToolCall, ToolDone } from "../tool.ts";

/** One attempt's limit: the author's, else the tool's own default, joined with the host's signal. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** ms; undefined = no limit */
  readonly limit: number | undefined;
  /** What became of the call when the signal has fired: a time-out or a cancellation. */
  outcome(rest?: Omit<ToolDone, "status" | "error">): ToolDone | undefined;
  end(): void;
}

/** Starts the clock of one attempt; `end()` must be called when it is over. `defaultMs` 0 means no limit. */
export function startAttempt(call: ToolCall, defaultMs: number): Attempt {
  const limit = call.timeout.total ?? (defaultMs > 0 ? defaultMs : undefined);
  const late = new AbortController();
  const timer = limit === undefined ? undefined : setTimeout(() => late.abort(), limit);
  return {
    signal: limit === undefined ? call.signal : AbortSignal.any([call.signal, late.signal]),
    limit,
    outcome(rest) {
      if (call.signal.aborted) {
        const { reason } = call.signal;
        if (!isNoetlError(reason) || reason.meaning !== "timeout") return cancelled(rest);
        return timedOut(limit ?? 0, rest);
      }
      return late.signal.aborted ? timedOut(limit ?? 0, rest) : undefined;
    },
    end: () => clearTimeout(timer),
  };
}
