import type { Json, JsonObject } from "@noetl/core";
import type { LogEvent, ResultValue, RunView } from "@noetl/engine";
import type { ListedRun } from "@noetl/runner";
import type { ExecutionRow, Picture, TimelineEvent } from "../port.ts";

export function timelineOf(event: LogEvent): TimelineEvent {
  const output = outputOf(event);
  return {
    id: event.event_id,
    seq: event.seq,
    ts: event.ts,
    type: event.type,
    step: "step" in event ? event.step : event.type === "token.dropped" ? event.target : null,
    run: "run" in event ? event.run : null,
    command: "command_id" in event ? event.command_id : null,
    iteration: "iteration" in event ? (event.iteration ?? null) : null,
    attempt: "attempt" in event ? event.attempt : "envelope" in event ? event.envelope.meta.attempt : null,
    status: "status" in event ? event.status : null,
    error: errorOf(event),
    ...(output === undefined ? {} : { output }),
    body: event as unknown as JsonObject,
  };
}

function outputOf(event: LogEvent): Json | undefined {
  if ("envelope" in event) return event.envelope.ref ? refText(event.envelope.ref) : event.envelope.data;
  return "result" in event ? resultOf(event.result) : undefined;
}

function errorOf(event: LogEvent): string | null {
  if ("envelope" in event) return event.envelope.error?.message ?? null;
  if ("error" in event && event.error) return event.error.message;
  return event.type === "execution.cancelled" ? event.reason : null;
}

/** What the log holds of a large result. */
function refText({ ref, meta, preview, extracted }: Extract<ResultValue, { ref: unknown }>["ref"]): JsonObject {
  return { _ref: ref, _bytes: meta.bytes, ...extracted, ...(preview === undefined ? {} : { _preview: preview }) };
}

function resultOf(value: ResultValue): Json {
  return "ref" in value ? refText(value.ref) : value.data;
}

export function rowOf(run: ListedRun): ExecutionRow {
  return {
    id: run.execution_id,
    path: run.path,
    version: null,
    status: run.status,
    startedAt: run.started_at,
    endedAt: run.ended_at,
    error: messageOf(run.error),
    parent: run.parent_execution_id,
  };
}

function messageOf(error: JsonObject | null): string | null {
  return typeof error?.message === "string" ? error.message : null;
}

export function pictureOf(view: RunView): Picture {
  return {
    status: view.status,
    startedAt: view.started_at,
    endedAt: view.ended_at,
    steps: view.steps.map(({ record: _record, ...step }) => step),
    variables: view.ctx,
    error: view.error?.message ?? null,
    ...(view.result ? { result: resultOf(view.result) } : {}),
  };
}
