import type { Json } from "./json.ts";

/** What went wrong in a tool call or in the engine, as authors see it in `error.kind` (DSL §14.4). */
export type ErrorKind =
  | "connection"
  | "timeout"
  | "rate_limit"
  | "server_error"
  | "auth"
  | "credential"
  | "not_found"
  | "client_error"
  | "db_connection"
  | "db_constraint"
  | "db_deadlock"
  | "db_timeout"
  | "db"
  | "schema"
  | "parse"
  | "transform"
  | "process"
  | "template"
  | "missing_reference"
  | "storage_quota"
  | "storage_access"
  | "configuration"
  | "policy"
  | "retry_exhausted"
  | "admission"
  | "limit"
  | "cancelled"
  | "child_failed"
  | "unknown";

/** Error data of an envelope (DSL §14.1). `retry_after` is in seconds. */
export interface ErrorInfo {
  kind: ErrorKind;
  retryable: boolean;
  message: string;
  code?: string;
  status?: number;
  status_code?: number;
  http_status?: number;
  retry_after?: number;
  source?: string;
  details?: Json;
  recovery?: string;
}

/**
 * What an error means to the edges: exit code, HTTP status and retry are mapped from it, never from a class name.
 * `validation` the input is wrong · `not_found` · `conflict` · `auth` · `unavailable` a service is not reachable ·
 * `timeout` · `cancelled` · `terminal` will fail again the same way · `retryable` may work later · `internal` our bug.
 */
export type Meaning =
  | "validation"
  | "not_found"
  | "conflict"
  | "auth"
  | "unavailable"
  | "timeout"
  | "cancelled"
  | "terminal"
  | "retryable"
  | "internal";

const MARK = Symbol.for("noetl.error");

export interface ErrorOptions {
  hint?: string | undefined;
  cause?: unknown;
  data?: Json | undefined;
  /** seconds */
  after?: number | undefined;
}

/** The one error class. `code` is stable text such as `NOT_FOUND`; `hint` says how to mend it. */
export class NoetlError extends Error {
  readonly meaning: Meaning;
  readonly code: string;
  readonly hint: string | undefined;
  readonly data: Json | undefined;
  readonly after: number | undefined;

  constructor(meaning: Meaning, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "NoetlError";
    this.meaning = meaning;
    this.code = code;
    this.hint = options.hint;
    this.data = options.data;
    this.after = options.after;
    Object.defineProperty(this, MARK, { value: true, enumerable: false });
  }
}

/** By registered symbol, not `instanceof`: a plugin may carry a second copy of this package. */
export function isNoetlError(value: unknown): value is NoetlError {
  return typeof value === "object" && value !== null && MARK in value;
}

export function ensureError(value: unknown): Error {
  if (value instanceof Error) return value;
  return new Error(typeof value === "string" ? value : `non-error thrown: ${String(value)}`, { cause: value });
}
