import { type ExecutionEvent, type ExecutionStatus, isEnded, statusShape } from "@noetl/client";
import { isObject, type Json, type JsonObject } from "@noetl/core";
import type { ExecutionRow, Picture, StepPicture, TimelineEvent } from "./port.ts";

export const msOf = (time: string | null): number | null => {
  const ms = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? null : ms;
};

const objectOf = (value: unknown): JsonObject => (isObject(value) ? (value as JsonObject) : {});
const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

export function rowOf(status: ExecutionStatus): ExecutionRow {
  const { execution_id: id, path, version, parent_execution_id: parent } = status;
  const startedAt = msOf(status.started_at);
  return {
    id,
    path: path ?? "",
    version,
    status: status.status,
    startedAt,
    endedAt: isEnded(status.status) ? endOf(status, startedAt) : null,
    error: messageOf(status.error),
    parent,
  };
}

function endOf({ ended_at, duration_seconds: seconds }: ExecutionStatus, startedAt: number | null): number | null {
  return msOf(ended_at) ?? (startedAt === null || seconds === null ? null : startedAt + seconds * 1_000);
}

export function messageOf(error: unknown): string | null {
  return textOf(error) ?? textOf(objectOf(error).message);
}

/** As the status route tells it; older servers know no steps there, then the events tell. */
export function pictureOfStatus(status: ExecutionStatus, events: readonly TimelineEvent[]): Picture {
  const row = rowOf(status);
  return {
    status: row.status,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    steps: status.steps.length > 0 ? status.steps.map(stepOf) : pictureOfEvents(events).steps,
    variables: status.variables,
    error: row.error,
    ...(status.result === undefined ? {} : { result: status.result }),
  };
}

function stepOf({ step, status, runs, attempts, loop }: ExecutionStatus["steps"][number]): StepPicture {
  return { step, status, runs: runs ?? 0, attempts: attempts ?? 0, ...(loop ? { loop: loopOf(loop) } : {}) };
}

function loopOf(loop: JsonObject): NonNullable<StepPicture["loop"]> {
  return {
    total: numberOf(loop.total),
    done: numberOf(loop.done ?? loop.completed) ?? 0,
    failed: numberOf(loop.failed) ?? 0,
    running: numberOf(loop.running) ?? 0,
  };
}

/** What `GET replay/state` answers. */
export function pictureOfReplay(answer: Json): Picture {
  const { execution, loop } = objectOf(objectOf(answer).projections);
  const run = objectOf(execution);
  const loops = objectOf(loop);
  const { status } = statusShape("", { status: run.status ?? null } as JsonObject);
  return {
    status,
    startedAt: numberOf(run.started_at),
    endedAt: numberOf(run.ended_at),
    steps: (Array.isArray(run.steps) ? run.steps : []).map(objectOf).map((step) => ({
      step: String(step.step),
      status: String(step.status),
      runs: numberOf(step.runs) ?? 0,
      attempts: numberOf(step.attempts) ?? 0,
      ...(isObject(loops[String(step.step)]) ? { loop: loopOf(objectOf(loops[String(step.step)])) } : {}),
    })),
    variables: objectOf(run.variables),
    error: messageOf(run.error),
  };
}

/** For servers that neither tell of steps nor replay: what the events themselves say. */
export function pictureOfEvents(events: readonly TimelineEvent[]): Picture {
  const steps = new Map<string, StepPicture>();
  let status = "PENDING";
  for (const event of events) {
    const end = /^(?:playbook|execution|workflow)[._](completed?|failed|cancelled)$/.exec(event.type)?.[1];
    if (end) status = end.startsWith("complete") ? "COMPLETED" : end.toUpperCase();
    else if (status === "PENDING") status = "RUNNING";
    if (event.step === null || !/^(step|call|command|action)[._]/.test(event.type)) continue;
    const step = steps.get(event.step) ?? { step: event.step, status: "RUNNING", runs: 1, attempts: 0 };
    steps.set(event.step, step);
    if (/^step[._](enter|started)$/.test(event.type)) step.status = "RUNNING";
    if (/^(call|action)[._](done|error|completed|failed)$/.test(event.type)) step.attempts++;
    if (/^step[._](exit|completed|failed|skipped)$/.test(event.type)) step.status = stepEnd(event);
  }
  return {
    status,
    startedAt: events[0]?.ts ?? null,
    endedAt: /^(COMPLETED|FAILED|CANCELLED)$/.test(status) ? (events.at(-1)?.ts ?? null) : null,
    steps: [...steps.values()],
    variables: {},
    error: events.findLast(({ error }) => error !== null)?.error ?? null,
  };
}

function stepEnd({ type, status }: TimelineEvent): string {
  if (type.endsWith("skipped")) return "SKIPPED";
  if (type.endsWith("failed") || /fail|error/i.test(status ?? "")) return "FAILED";
  return /cancel/i.test(status ?? "") ? "CANCELLED" : "COMPLETED";
}

export function timelineOf(event: ExecutionEvent, fallbackSeq: number): TimelineEvent {
  const { raw } = event;
  const meta = objectOf(raw.meta);
  const result = objectOf(raw.result);
  const context = objectOf(result.context);
  const output = context.data ?? objectOf(raw.result).data;
  return {
    id: event.event_id,
    seq: event.seq ?? fallbackSeq,
    ts: msOf(event.created_at),
    type: event.event_type,
    // Events of the run as a whole name something else there.
    step: /^(playbook|workflow|execution)[._]/.test(event.event_type) ? null : event.step,
    run: numberOf(meta.run),
    command: textOf(meta.command_id ?? context.command_id),
    iteration: numberOf(meta.iteration_index),
    attempt: numberOf(meta.attempt),
    status: event.status,
    error: messageOf(event.error),
    ...(output === undefined ? {} : { output }),
    body: raw,
  };
}
