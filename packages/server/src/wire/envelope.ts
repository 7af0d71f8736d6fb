import { type ErrorInfo, type ErrorKind, isObject, type Json, type JsonObject } from "@noetl/core";
import type { Envelope, ResultRef } from "@noetl/scope";

/** The outcome an old worker describes in the payload of `call.done` (worker-and-tools §6.2, §7.2, server-api Appendix A). */
export function doneEnvelope(payload: JsonObject, meta: Envelope["meta"]): Envelope {
  const result = isObject(payload.result) ? payload.result : payload.result === undefined ? payload : undefined;
  if (result === undefined) return { status: "ok", data: payload.result ?? null, meta };
  const tool = isObject(result.context) ? result.context : result;
  const ref = refOf(result.reference);
  const data = ref ? null : dataOf(result as JsonObject);
  const error = failureOf(tool as JsonObject, data);
  return {
    status: error ? (tool.status === "timeout" ? "timeout" : "error") : "ok",
    data,
    ...(ref ? { ref } : {}),
    ...(error ? { error } : {}),
    meta: labelled(meta, data),
  };
}

/** First hit: `context.data`, `context`, the whole (server-api Appendix A). */
function dataOf(result: JsonObject): Json {
  const { context } = result;
  if (isObject(context)) {
    const inner = isObject(context.result) && isObject(context.result.context) ? context.result.context : context;
    return (inner.data as Json | undefined) ?? ("data" in inner ? null : (inner as JsonObject));
  }
  if ("data" in result) return result.data ?? null;
  const { command_id: _, call_index: __, status: ___, ...rest } = result;
  return rest;
}

/** Only the tool's envelope is looked at, never user data (worker-and-tools §6.3). */
function failureOf(tool: JsonObject, data: Json): ErrorInfo | undefined {
  const status = typeof tool.status === "string" ? tool.status.toLowerCase() : "";
  if (status !== "error" && status !== "failed" && status !== "timeout") return undefined;
  const told = tool.error ?? (isObject(data) ? data.error : undefined);
  return errorOf(told ?? `the tool answered ${status}`, status === "timeout" ? "timeout" : "unknown");
}

/** A text, or an object with a message. */
export function errorOf(told: unknown, kind: ErrorKind = "unknown"): ErrorInfo {
  if (!isObject(told))
    return { kind, retryable: false, message: typeof told === "string" ? told : JSON.stringify(told) };
  const { message, error, code, retryable } = told;
  return {
    kind: typeof told.kind === "string" ? (told.kind as ErrorKind) : kind,
    retryable: retryable === true,
    message: typeof message === "string" ? message : typeof error === "string" ? error : JSON.stringify(told),
    ...(typeof code === "string" ? { code } : {}),
  };
}

function refOf(reference: unknown): ResultRef | undefined {
  if (!isObject(reference) || typeof reference.ref !== "string") return undefined;
  const meta = isObject(reference.meta) ? reference.meta : {};
  return {
    kind: "result_ref",
    ref: reference.ref,
    store: typeof reference.store === "string" ? reference.store : "db",
    scope: typeof reference.scope === "string" ? reference.scope : "execution",
    expires_at: typeof reference.expires_at === "string" ? reference.expires_at : null,
    meta: {
      bytes: Number(meta.bytes ?? 0),
      sha256: String(meta.sha256 ?? ""),
      media_type: typeof meta.media_type === "string" ? meta.media_type : "application/json",
    },
    extracted: isObject(reference.extracted) ? (reference.extracted as JsonObject) : {},
  };
}

/** A pipeline's data is a map by label; the worker says so (worker-and-tools §7.4). */
function labelled(meta: Envelope["meta"], data: Json): Envelope["meta"] {
  const labels = isObject(data) && Array.isArray(data._labels) ? data._labels.map(String) : undefined;
  return labels === undefined ? meta : { ...meta, labels };
}
