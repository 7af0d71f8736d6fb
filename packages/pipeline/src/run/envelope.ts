import type { ErrorInfo, Json } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Envelope } from "@noetl/scope";
import type { ToolDone } from "@noetl/tools";

/** Kinds whose data may say that the call failed (DSL §14.3.2). */
const TELLING = new Set(["python", "playbook", "agent", "mcp"]);

export interface Circumstances {
  kind: string;
  task: string;
  attempt: number;
  started: number;
  ended: number;
  worker: string | undefined;
}

export function envelopeOf(outcome: ToolDone, at: Circumstances): Envelope {
  const { http, pg, py, error } = outcome;
  return {
    status: outcome.status,
    data: outcome.data ?? null,
    ...(outcome.status !== "ok" && { error: error ?? silent(outcome.status) }),
    ...(http && { http }),
    ...(pg && { pg }),
    ...(py && { py }),
    meta: {
      attempt: at.attempt,
      duration_ms: Math.max(0, at.ended - at.started),
      tool: at.kind,
      started_at: new Date(at.started).toISOString(),
      task: at.task,
      ...(at.worker === undefined ? {} : { worker: at.worker }),
    },
  };
}

function silent(status: "error" | "timeout"): ErrorInfo {
  return status === "timeout"
    ? { kind: "timeout", retryable: true, code: "TOOL_TIMEOUT", message: "the tool timed out" }
    : { kind: "unknown", retryable: false, code: "UNKNOWN", message: "the tool failed without a reason" };
}

/**
 * A map with `status: error` and a message is an error where the author inspects outcomes, that is in a task with policy
 * rules; elsewhere it is data (DSL §14.3).
 */
export function readStatus(outcome: ToolDone, kind: string, hasRules: boolean): ToolDone {
  const { data } = outcome;
  if (!hasRules || outcome.status !== "ok" || !TELLING.has(kind) || !isObject(data)) return outcome;
  if (typeof data.status !== "string" || data.status.toLowerCase() !== "error") return outcome;
  if (data.error === undefined && data.message === undefined) return outcome;
  return { ...outcome, status: "error", error: saidError(data) };
}

function saidError(data: { [key: string]: Json }): ErrorInfo {
  const said = isObject(data.error) ? (data.error as { [key: string]: Json }) : {};
  const text = [data.message, said.message, data.error].find((part) => typeof part === "string" && part !== "");
  const info: ErrorInfo = {
    kind: typeof said.kind === "string" ? (said.kind as ErrorInfo["kind"]) : "unknown",
    retryable: said.retryable === true,
    message: typeof text === "string" ? text : "the result says status: error",
  };
  if (typeof said.code === "string") info.code = said.code;
  if (data.error !== undefined && data.error !== null) info.details = data.error;
  return info;
}

/** A lone http call of a local playbook never fails on a status code, and shows it as `status` (DSL §12.4). */
export function lenientHttp(outcome: ToolDone): ToolDone {
  const { http, data } = outcome;
  if (!http || outcome.status === "timeout") return outcome;
  const { error: _, ...rest } = outcome;
  const shown = isObject(data) && !Object.hasOwn(data, "status") ? { ...data, status: http.status } : data;
  return { ...rest, status: "ok", ...(shown === undefined ? {} : { data: shown as Json }) };
}
