import type { ErrorInfo, ErrorKind, Json } from "@noetl/core";
import type { ToolDone } from "./tool.ts";

/** Kinds that another attempt may mend (DSL §14.4). */
const RETRYABLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "connection",
  "timeout",
  "rate_limit",
  "server_error",
  "db_connection",
  "db_deadlock",
  "db_timeout",
  "missing_reference",
]);

export function isRetryable(kind: ErrorKind): boolean {
  return RETRYABLE.has(kind);
}

export function done(data: Json, more: Omit<ToolDone, "status" | "data" | "error"> = {}): ToolDone {
  return { status: "ok", data, ...more };
}

/** Error data with `retryable` from the kind unless said otherwise. */
export function errorInfo(kind: ErrorKind, message: string, more: Partial<ErrorInfo> = {}): ErrorInfo {
  return { kind, retryable: isRetryable(kind), message, ...more };
}

/** A call that failed; `rest` is what is known nevertheless (`data`, `stdout`, `http` …). */
export function failed(
  kind: ErrorKind,
  message: string,
  more: Partial<ErrorInfo> = {},
  rest: Omit<ToolDone, "status" | "error"> = {},
): ToolDone {
  return { status: kind === "timeout" ? "timeout" : "error", error: errorInfo(kind, message, more), ...rest };
}

/** The attempt limit ran out: kind `timeout`, code `TOOL_TIMEOUT`. `ms` is the limit. */
export function timedOut(ms: number, rest: Omit<ToolDone, "status" | "error"> = {}): ToolDone {
  return failed("timeout", `no end within ${ms / 1000} s`, { code: "TOOL_TIMEOUT" }, rest);
}

/** The host aborted the call. */
export function cancelled(rest: Omit<ToolDone, "status" | "error"> = {}): ToolDone {
  return failed("cancelled", "the call was cancelled", { code: "CANCELLED" }, rest);
}
