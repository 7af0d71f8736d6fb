import { isObject, NoetlError } from "@noetl/core";
import type { Hint } from "./bus.ts";

export const COMMANDS = "noetl.commands";
export const EVENTS = "noetl.events";

/** A token of a subject: what NATS does not allow in one becomes `-`. */
export function token(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, "-") || "-";
}

/** `legacy` is the bare subject of old publishers (worker-and-tools §3.1). */
export function subjectOf(hint: Hint): string {
  return hint.pool === "legacy" ? COMMANDS : `${COMMANDS}.${token(hint.pool)}.${token(hint.execution_id)}`;
}

export function isCommandSubject(subject: string): boolean {
  return subject === COMMANDS || subject.startsWith(`${COMMANDS}.`);
}

/** Workers of other makes read `execution_id` and `event_id` as 64-bit integers only (server-api §1.1). */
export function encodeHint(hint: Hint): string {
  const { execution_id, event_id, pool, ...rest } = hint;
  const ids = `"execution_id":${integer(execution_id)},"event_id":${integer(event_id)}`;
  return `{${ids},${JSON.stringify({ ...rest, execution_pool: pool }).slice(1)}`;
}

/** Ids may be integers or text; a fractional loss of digits is not possible, they are never read as numbers. */
export function decodeHint(text: string, subject: string): Hint {
  const quoted = text.replaceAll(/("(?:execution_id|event_id|command_id)"\s*:\s*)(\d+)/g, '$1"$2"');
  return toHint(parse(quoted), subject);
}

export function toHint(value: unknown, subject: string): Hint {
  if (!isObject(value)) throw malformed();
  const { execution_id, event_id, command_id, step, execution_pool, pool, server_url, trace } = value;
  if (!isId(execution_id) || !isId(event_id)) throw malformed();
  return {
    execution_id,
    event_id,
    command_id: typeof command_id === "string" ? command_id : event_id,
    step: typeof step === "string" ? step : "",
    pool: [execution_pool, pool].find((item) => typeof item === "string" && item !== "")?.toString() ?? poolOf(subject),
    ...(typeof server_url === "string" ? { server_url } : {}),
    ...(isObject(trace) ? { trace: trace as Record<string, string> } : {}),
  };
}

function poolOf(subject: string): string {
  return subject.startsWith(`${COMMANDS}.`) ? (subject.split(".")[2] ?? "shared") : "legacy";
}

function integer(id: string): string {
  if (!isId(id)) throw malformed();
  return id;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,19}$/.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(cause?: unknown): NoetlError {
  return new NoetlError("validation", "E_HINT", "not a command notification", { cause });
}
