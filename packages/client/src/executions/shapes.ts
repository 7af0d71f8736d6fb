import type { Json, JsonObject } from "@noetl/core";
import { idOf, listOf, objectOf, statusOf, textOf, timeOf } from "../shapes.ts";
import type { ExecutionEvent, ExecutionStatus, StartedExecution, StepStatus } from "./types.ts";

export function startedShape(raw: Json): StartedExecution {
  const body = objectOf(raw);
  return {
    execution_id: idOf(body.execution_id) ?? idOf(body.id) ?? "",
    status: String(body.status ?? "started"),
    path: textOf(body.path),
    raw,
  };
}

/** Three generations answer differently (server-api §2.6); a failed run must never read as running. */
export function statusShape(executionId: string, raw: Json): ExecutionStatus {
  const body = objectOf(raw);
  return {
    execution_id: idOf(body.execution_id) ?? executionId,
    path: textOf(body.path),
    version: textOf(body.version),
    status: wordFor(body),
    current_step: textOf(body.current_step),
    completed_steps: listOf(body.completed_steps).map(String),
    failed_steps: listOf(body.failed_steps).map(String),
    steps: listOf(body.steps).map(stepShape),
    started_at: timeOf(body.start_time ?? body.started_at),
    ended_at: timeOf(body.end_time ?? body.completed_at),
    duration_seconds: typeof body.duration_seconds === "number" ? body.duration_seconds : null,
    error: body.error ?? null,
    variables: objectOf(body.variables),
    ...resultOf(body.result),
    parent_execution_id: idOf(body.parent_execution_id),
    raw,
  };
}

/** Ours tells a result as the log keeps it: `{data}`, or `{ref}` when it is kept elsewhere. */
function resultOf(value: Json | undefined): { result?: Json } {
  if (value === undefined || value === null) return {};
  const { data, ...rest } = objectOf(value);
  const plain = data !== undefined && Object.keys(rest).length === 0 ? data : value;
  return plain === null ? {} : { result: plain };
}

function wordFor(body: JsonObject): string {
  const word = typeof body.status === "string" ? statusOf(body.status) : "";
  if (word === "CANCELLING") return word;
  if (body.is_cancelled === true || body.cancelled === true) return "CANCELLED";
  if (word !== "") return word;
  // One generation says `completed: false` of a failed run.
  if (body.failed === true) return "FAILED";
  return body.completed === true ? "COMPLETED" : "RUNNING";
}

function stepShape(raw: Json): StepStatus {
  const body = objectOf(raw);
  return {
    step: String(body.step ?? body.name ?? ""),
    status: String(body.status ?? "UNKNOWN").toUpperCase(),
    runs: typeof body.runs === "number" ? body.runs : null,
    attempts: typeof body.attempts === "number" ? body.attempts : null,
    loop: body.loop === undefined || body.loop === null ? null : objectOf(body.loop),
  };
}

export function eventShape(raw: Json): ExecutionEvent {
  const body = objectOf(raw);
  return {
    event_id: idOf(body.event_id) ?? "",
    event_type: String(body.event_type ?? body.name ?? ""),
    step: textOf(body.node_name ?? body.step),
    status: textOf(body.status),
    created_at: timeOf(body.created_at ?? body.timestamp),
    error: body.error ?? null,
    seq: typeof body.seq === "number" ? body.seq : null,
    raw: body,
  };
}

/** By place in the log; by id where the server does not number events: ids grow with time. */
export function compareEvents(a: ExecutionEvent, b: ExecutionEvent): number {
  if (a.seq !== null && b.seq !== null && a.seq !== b.seq) return a.seq - b.seq;
  const [x, y] = [a.event_id, b.event_id];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

export function isEnded(status: string): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

export function idsOf(value: unknown): string[] {
  return listOf(value).flatMap((item) => idOf(item) ?? []);
}
