import { isNoetlError, type Meaning } from "@noetl/core";

/** Exit codes of every command (decision 21). */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  unavailable: 4,
  runFailed: 5,
  runCancelled: 6,
  auth: 77,
  unknownCommand: 127,
  interrupted: 130,
} as const;

const BY_MEANING: Record<Meaning, number> = {
  validation: EXIT.usage,
  not_found: EXIT.notFound,
  unavailable: EXIT.unavailable,
  timeout: EXIT.unavailable,
  auth: EXIT.auth,
  cancelled: EXIT.interrupted,
  conflict: EXIT.failure,
  terminal: EXIT.failure,
  retryable: EXIT.failure,
  internal: EXIT.failure,
};

/** The exit code an error ends the process with: ours by meaning, oclif's parser errors 2, all others 1. */
export function exitCodeOf(error: unknown): number {
  if (isNoetlError(error)) return error.code === "UNKNOWN_COMMAND" ? EXIT.unknownCommand : BY_MEANING[error.meaning];
  return oclifExit(error) ?? EXIT.failure;
}

/** oclif marks its errors with `oclif.exit`; only the parser and `this.exit` of a command make them. */
export function oclifExit(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("oclif" in error)) return undefined;
  const mark = error.oclif;
  if (typeof mark !== "object" || mark === null || !("exit" in mark)) return undefined;
  return typeof mark.exit === "number" ? mark.exit : undefined;
}
