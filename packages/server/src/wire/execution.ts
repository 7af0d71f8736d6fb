import type { Json, JsonObject } from "@noetl/core";
import type { RunView } from "@noetl/engine";
import type { ExecutionSummary } from "@noetl/store";
import { durations } from "./times.ts";

export function isEnded(status: string): boolean {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
}

/** A line of the list: from the row of the execution alone (server-api §2.6). */
export function executionWire(summary: ExecutionSummary, now: number) {
  const times = durations(summary.started_at, summary.ended_at, now);
  return {
    execution_id: summary.execution_id,
    catalog_id: summary.catalog_id,
    path: summary.path,
    name: summary.name,
    version: summary.version,
    status: summary.status,
    ...times,
    started_at: times.start_time,
    completed_at: times.end_time,
    progress: isEnded(summary.status) ? 100 : 0,
    result: null,
    error: messageOf(summary.error),
    event_count: summary.seq,
    parent_execution_id: summary.parent_execution_id,
  };
}

export function messageOf(error: JsonObject | null): string | null {
  if (error === null) return null;
  return typeof error.message === "string" ? error.message : JSON.stringify(error);
}

/** What is going on, for people and for clients that wait (server-api §2.6). */
export function statusWire(summary: ExecutionSummary, view: RunView, now: number, full: boolean) {
  const { status } = summary;
  const { steps } = view;
  const named = (wanted: string) => steps.filter((step) => step.status === wanted).map(({ step }) => step);
  const running = named("RUNNING");
  const completed = named("COMPLETED");
  const failed = named("FAILED");
  const ended = isEnded(status);
  return {
    execution_id: summary.execution_id,
    path: summary.path,
    version: summary.version,
    status,
    current_step: running.at(-1) ?? failed.at(-1) ?? completed.at(-1) ?? null,
    completed_steps: completed,
    running_steps: running,
    failed_steps: view.failed_steps,
    skipped_steps: named("SKIPPED"),
    progress: {
      total_steps: steps.length,
      completed_steps: completed.length,
      running_steps: running.length,
      failed_steps: failed.length,
    },
    steps: steps.map(({ step, status: word, runs, attempts, loop }) => ({
      step,
      status: word,
      runs,
      attempts,
      ...(loop ? { loop } : {}),
    })),
    completed: ended,
    failed: status === "FAILED",
    is_cancelled: status === "CANCELLED" || status === "CANCELLING",
    completion_inferred: false,
    variables: full ? view.ctx : compact(view.ctx),
    error: messageOf(summary.error),
    error_detail: summary.error,
    parent_execution_id: summary.parent_execution_id,
    ...durations(summary.started_at, summary.ended_at, now),
    ...(full ? { result: view.result ?? null } : {}),
  };
}

const INLINE = 1_000;

/** Variables without the data they carry: long texts and lists are told by their size. */
function compact(variables: { [key: string]: Json }): JsonObject {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, compactValue(value)]));
}

function compactValue(value: Json): Json {
  if (value === null || typeof value !== "object") {
    return typeof value === "string" && value.length > INLINE ? { _len: value.length } : value;
  }
  if (JSON.stringify(value).length <= INLINE) return value;
  return Array.isArray(value) ? { _count: value.length } : { _keys: Object.keys(value).slice(0, 50) };
}
