import { type ErrorInfo, type ErrorKind, ensureError, isNoetlError, type Json, type NoetlError } from "@noetl/core";

/** An error of a call that carries its own error data; everything else that is thrown is read by `errorInfo`. */
export class CallFailure extends Error {
  readonly info: ErrorInfo;
  constructor(info: ErrorInfo, cause?: unknown) {
    super(info.message, cause === undefined ? undefined : { cause });
    this.name = "CallFailure";
    this.info = info;
  }
}

export function failure(
  kind: ErrorKind,
  code: string,
  message: string,
  more: { retryable?: boolean; details?: Json; cause?: unknown } = {},
): CallFailure {
  const info: ErrorInfo = { kind, retryable: more.retryable ?? false, code, message };
  if (more.details !== undefined) info.details = more.details;
  return new CallFailure(info, more.cause);
}

/** Error data of anything thrown (DSL §14.4). What is no error of ours is `unknown`. */
export function errorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof CallFailure) return thrown.info;
  if (isNoetlError(thrown)) return fromMeaning(thrown);
  const error = ensureError(thrown);
  return { kind: "unknown", retryable: false, code: "UNKNOWN", message: error.message || error.name };
}

const KINDS: Record<NoetlError["meaning"], ErrorKind> = {
  validation: "configuration",
  not_found: "not_found",
  conflict: "unknown",
  auth: "auth",
  unavailable: "connection",
  timeout: "timeout",
  cancelled: "cancelled",
  terminal: "unknown",
  retryable: "unknown",
  internal: "unknown",
};

function fromMeaning(error: NoetlError): ErrorInfo {
  const { meaning } = error;
  const kind = error.code.startsWith("E_TPL_") ? "template" : KINDS[meaning];
  const retryable = meaning === "unavailable" || meaning === "timeout" || meaning === "retryable";
  const info: ErrorInfo = { kind, retryable, code: error.code, message: error.message };
  if (error.after !== undefined) info.retry_after = error.after;
  if (error.hint !== undefined) info.recovery = error.hint;
  return info;
}
