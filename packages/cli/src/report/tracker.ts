import { formatDuration } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import type { Progress } from "@noetl/pipeline";
import type { RunInfo } from "@noetl/runner";

/** A step that is running now, as the live block shows it. */
export interface Row {
  label: string;
  /** milliseconds since 1970 */
  since: number;
  run: number;
  attempts: number;
  loop?: { total: number | null; done: number; failed: number };
  /** traceback of the Python code that failed last */
  trace?: string;
  /** why nothing happens at the moment: a retry delay, a child, a callback */
  waiting?: string;
}

/** Something worth a line of its own. */
export type Note =
  | { kind: "run"; info: RunInfo }
  | { kind: "loop"; row: Row; total: number | null }
  | { kind: "ended"; row: Row; status: "COMPLETED" | "FAILED" | "CANCELLED"; ms: number; message?: string }
  | { kind: "skipped"; label: string; reason: string }
  | { kind: "retry"; label: string; attempt: number; delayMs: number; message: string }
  | { kind: "warning"; label: string; code: string; message: string }
  | { kind: "output"; label: string; stream: "stdout" | "stderr"; text: string }
  | {
      kind: "task";
      label: string;
      task: string;
      tool: string;
      input: unknown;
      attempt: number;
      run: number;
      iteration?: number;
    };

export interface Tracker {
  event(event: LogEvent, info: RunInfo): Note[];
  progress(progress: Progress, info: RunInfo): Note[];
  /** oldest first */
  running(): Row[];
}

/** Folds what a run tells into the steps that are running and the lines to print; knows nothing of terminals. */
export function createTracker(): Tracker {
  const rows = new Map<string, Row>();
  const keyOf = (info: RunInfo, step: string) => `${info.execution_id}\u0000${step}`;
  const labelOf = (info: RunInfo, step: string) => (info.parent === null ? step : `${info.name} › ${step}`);

  return {
    running: () => [...rows.values()],

    event(event, info) {
      switch (event.type) {
        case "step.enter": {
          const row: Row = { label: labelOf(info, event.step), since: event.ts, run: event.run, attempts: 0 };
          rows.set(keyOf(info, event.step), row);
          return [];
        }
        case "step.skipped": {
          rows.delete(keyOf(info, event.step));
          const reason = event.reason === "guard" ? "its condition is false" : "not admitted";
          return [{ kind: "skipped", label: labelOf(info, event.step), reason }];
        }
        case "step.exit": {
          const key = keyOf(info, event.step);
          const row = rows.get(key) ?? {
            label: labelOf(info, event.step),
            since: event.ts,
            run: event.run,
            attempts: 0,
          };
          rows.delete(key);
          const message = event.error?.message;
          const ms = Math.max(0, event.ts - row.since);
          return [{ kind: "ended", row, status: event.status, ms, ...(message !== undefined && { message }) }];
        }
        case "loop.started": {
          const row = rows.get(keyOf(info, event.step));
          if (!row) return [];
          row.loop = { total: event.total, done: 0, failed: 0 };
          return [{ kind: "loop", row, total: event.total }];
        }
        case "command.issued":
        case "call.done":
        case "call.error":
        case "call.parked":
          advance(rows.get(keyOf(info, event.step)), event);
          return [];
        case "playbook.completed":
        case "playbook.failed":
        case "execution.cancelled":
          for (const key of rows.keys()) if (key.startsWith(`${info.execution_id}\u0000`)) rows.delete(key);
          return [];
        default:
          return [];
      }
    },

    progress(progress, info) {
      const row = rows.get(keyOf(info, progress.step));
      const base = labelOf(info, progress.step);
      const label =
        "iteration" in progress && progress.iteration !== undefined ? `${base}[${progress.iteration}]` : base;
      switch (progress.type) {
        case "task.started":
          if (row) {
            row.attempts = Math.max(row.attempts, progress.attempt);
            delete row.waiting;
          }
          return [taskNote(label, progress, row?.run ?? 1)];
        case "task.retry":
          if (row) row.waiting = `attempt ${progress.attempt} in ${formatDuration(progress.delay_ms)}`;
          return [
            { kind: "retry", label, attempt: progress.attempt, delayMs: progress.delay_ms, message: progress.message },
          ];
        case "output":
          return [{ kind: "output", label, stream: progress.stream, text: progress.text }];
        case "warning":
          return [{ kind: "warning", label, code: progress.code, message: progress.message }];
        case "task.finished":
          return [];
      }
    },
  };
}

function taskNote(label: string, progress: Extract<Progress, { type: "task.started" }>, run: number): Note {
  const { step, kind: tool, input, attempt, iteration } = progress;
  // A tool without a name has a made-up one, which tells people nothing.
  const task = progress.task === `${step}_task` ? "" : progress.task;
  return { kind: "task", label, task, tool, input, attempt, run, ...(iteration !== undefined && { iteration }) };
}

type Call = Extract<LogEvent, { type: "command.issued" | "call.done" | "call.error" | "call.parked" }>;

function advance(row: Row | undefined, event: Call): void {
  if (!row) return;
  const traceback = event.type === "call.error" ? event.envelope.py?.traceback : undefined;
  if (traceback) row.trace = traceback;
  if (event.type === "call.parked") {
    row.waiting =
      event.wait.kind === "child"
        ? `waiting for ${event.wait.path ?? "a playbook"}`
        : `waiting for a ${event.wait.kind}`;
    return;
  }
  delete row.waiting;
  if (event.type === "command.issued" || !row.loop) return;
  if (row.loop.total === null) {
    // A call of a cursor is a claim of none, one or many rows.
    row.loop.done += (event.frame?.success ?? 0) + (event.frame?.failed ?? 0);
    row.loop.failed += event.frame?.failed ?? 0;
    return;
  }
  const outcomes = event.parts ?? [event.type === "call.done" ? { status: "ok" } : { status: "error" }];
  for (const outcome of outcomes) {
    if (outcome === null) continue;
    row.loop.done++;
    if (outcome.status === "error" || outcome.status === "timeout") row.loop.failed++;
  }
}
