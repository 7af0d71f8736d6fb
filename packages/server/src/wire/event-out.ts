import type { Json, JsonObject } from "@noetl/core";
import { eventStatus, type LogEvent, type ResultValue } from "@noetl/engine";
import type { Envelope } from "@noetl/scope";
import type { ExecutionSummary } from "@noetl/store";
import { timeOf } from "./times.ts";

/** An event of the log as clients of every generation read it (server-api §2.6, §3.4). */
export interface EventWire {
  execution_id: string;
  event_id: string;
  event_type: string;
  node_id: string | null;
  node_name: string | null;
  node_type: string | null;
  status: string;
  created_at: string;
  timestamp: string;
  context: Json;
  result: Json;
  error: string | null;
  meta: JsonObject;
  catalog_id: string | null;
  parent_execution_id: string | null;
  parent_event_id: null;
  duration: number | null;
  worker_id: string | null;
  seq: number;
}

export function eventWire(event: LogEvent, summary: ExecutionSummary): EventWire {
  const at = timeOf(event.ts);
  const node = nodeOf(event, summary);
  const status = eventStatus(event);
  return {
    execution_id: event.execution_id,
    event_id: event.event_id,
    event_type: event.type,
    node_id: node,
    node_name: node,
    node_type: typeOf(event),
    status,
    created_at: at,
    timestamp: at,
    context: contextOf(event),
    result: resultOf(event, status),
    error: errorOf(event),
    meta: metaOf(event),
    catalog_id: summary.catalog_id,
    parent_execution_id: summary.parent_execution_id,
    parent_event_id: null,
    duration: "envelope" in event ? event.envelope.meta.duration_ms / 1_000 : null,
    worker_id: "worker_id" in event ? (event.worker_id ?? null) : null,
    seq: event.seq,
  };
}

function nodeOf(event: LogEvent, summary: ExecutionSummary): string | null {
  if ("step" in event) return event.step;
  if (event.type === "playbook.initialized") return summary.path;
  if (event.type.startsWith("playbook.")) return "playbook";
  if (event.type === "workflow.initialized") return "workflow";
  return event.type.startsWith("execution.cancel") ? "cancel" : null;
}

function typeOf(event: LogEvent): string | null {
  if (event.type === "command.issued") return event.kind;
  if ("envelope" in event) return event.envelope.meta.tool;
  return event.type.startsWith("playbook.") || event.type.startsWith("execution.") ? "execution" : null;
}

function contextOf(event: LogEvent): Json {
  switch (event.type) {
    case "playbook.initialized":
      return { workload: event.workload, playbook_path: event.path, payload: event.payload };
    case "workflow.initialized":
      return { first_step: event.first_step };
    case "step.enter":
      return { from: event.from, ...(event.input ? { input: event.input } : {}) };
    case "loop.started":
      return { iterations_expected: event.total, mode: event.mode, max_in_flight: event.max_in_flight };
    case "command.issued":
      return { tool_kind: event.kind, mode: event.mode };
    case "call.parked":
      return { wait: event.wait as unknown as Json };
    case "next.evaluated":
      return {
        event: event.event,
        selected: event.selected as unknown as Json,
        rejected: event.rejected as unknown as Json,
      };
    case "ctx.updated":
      return { step: event.step, values: Object.fromEntries(event.entries.map((e) => [e.path.join("."), e.value])) };
    default:
      return null;
  }
}

/** Only `status`, `context` and `reference` (server-api §3.4). */
function resultOf(event: LogEvent, status: string): Json {
  switch (event.type) {
    case "call.done":
    case "call.error":
      return envelopeResult(event.envelope, event.command_id, status);
    case "playbook.completed":
    case "playbook.failed":
      return { status, ...resultValue(event.result) };
    case "child.completed":
      return { status, ...resultValue(event.result) };
    case "loop.done":
      return { status, context: { stats: event.stats } };
    case "execution.cancelled":
      return { status, context: { reason: event.reason } };
    default:
      return "command_id" in event ? { status, context: { command_id: event.command_id } } : null;
  }
}

function envelopeResult(envelope: Envelope, commandId: string, status: string): JsonObject {
  const { data, ref, error, http, meta } = envelope;
  return {
    status,
    context: {
      command_id: commandId,
      status: envelope.status === "ok" ? "success" : envelope.status,
      data: ref ? { ...ref.extracted, _ref: ref.ref } : data,
      ...(error ? { error: { ...error } as JsonObject } : {}),
      ...(http ? { http: { status: http.status } } : {}),
      duration_ms: meta.duration_ms,
    },
    ...(ref ? { reference: ref as unknown as JsonObject } : {}),
  };
}

function resultValue(value: ResultValue): JsonObject {
  if ("ref" in value) return { reference: value.ref as unknown as JsonObject };
  return { context: { data: value.data } };
}

function errorOf(event: LogEvent): string | null {
  if ("envelope" in event) return event.envelope.error?.message ?? null;
  return "error" in event && event.error ? event.error.message : null;
}

function metaOf(event: LogEvent): JsonObject {
  return {
    seq: event.seq,
    ...("command_id" in event ? { command_id: event.command_id } : {}),
    ...("run" in event ? { run: event.run } : {}),
    ...("iteration" in event && event.iteration !== undefined ? { iteration_index: event.iteration } : {}),
    ...("attempt" in event ? { attempt: event.attempt } : {}),
    ...(event.type === "playbook.initialized" && event.resumed_from ? { rerun_of: event.resumed_from } : {}),
    ...(event.type === "playbook.failed" ? { failed_steps: event.failed_steps } : {}),
    ...(event.type === "execution.cancelled" ? { reason: event.reason } : {}),
  };
}
