import { type ErrorInfo, isObject, type JsonObject } from "@noetl/core";
import type { Envelope, LoopStats, StepRecord } from "@noetl/scope";
import type { CommandIssued, LogEvent, LoopStarted, RunLimits } from "../events.ts";
import type { Outcome } from "../state/call.ts";
import { type RunState, runOf } from "../state/state.ts";
import { hasWork, type LoopRun, type StepRun } from "../state/step-run.ts";
import { accumulated } from "./accumulate.ts";
import { partOf } from "./record.ts";
import { settle, stopped } from "./settle.ts";

export function foldLoopStarted(state: RunState, event: LoopStarted): void {
  const run = runOf(state, event);
  if (run === undefined || run.loop !== undefined || run.status !== "RUNNING") return;
  const { step } = run.planned;
  const items = event.items ?? [];
  const lanes = event.mode === "cursor" ? event.max_in_flight : 0;
  const failure = step.loop?.failure ?? step.spec.failure ?? (event.mode === "cursor" ? "best_effort" : "fail_fast");
  run.loop = {
    mode: event.mode,
    dispatch: event.mode === "cursor" ? "frame" : runsInOneCommand(run) ? "batch" : "pipeline",
    items,
    total: event.total,
    maxInFlight: event.max_in_flight,
    failFast: failure === "fail_fast",
    next: 0,
    parts: items.map(() => null),
    errors: [],
    success: 0,
    failed: 0,
    skipped: 0,
    lanes: Array.from({ length: lanes }, (_, lane) => ({ lane, frame: 0 })),
    frames: 0,
    rows: 0,
  };
  run.failure ??= event.error;
  if (hasWork(run) && run.queued && !stopped(state, run)) return;
  run.queued = false;
  const head = state.dispatch.peek();
  if (head?.do === "run" && head.run === run) state.dispatch.shift();
  settle(state, run);
}

/** A child playbook is a call of its own that parks, so its iterations cannot share one command (DSL §16.4). */
function runsInOneCommand(run: StepRun): boolean {
  const { loop, tasks } = run.planned.step;
  return loop?.exec === "local" && !tasks.some(({ kind }) => kind === "playbook");
}

export function accountLoop(run: StepRun, issued: CommandIssued, outcome: Outcome, limits: RunLimits): void {
  const { loop } = run;
  if (loop === undefined) return;
  if (issued.mode === "frame") {
    accountFrame(run, loop, issued, outcome, limits);
    return;
  }
  const { error } = outcome.envelope;
  if (issued.mode === "pipeline") {
    const index = issued.iteration ?? 0;
    accountIteration(loop, index, outcome.envelope);
    if (error && loop.failFast) run.failure ??= atIndex(error, index);
    return;
  }
  for (const [index, part] of (outcome.parts ?? []).entries()) if (part) accountIteration(loop, index, part);
  if (!error) return;
  const first = loop.errors[0];
  run.failure ??= first === undefined ? error : atIndex(error, first.index);
}

function accountIteration(loop: LoopRun, index: number, envelope: Envelope): void {
  if (envelope.error) {
    loop.failed += 1;
    loop.errors.push({ index, error: envelope.error });
  } else if (envelope.status === "skipped") {
    loop.skipped += 1;
  } else {
    loop.success += 1;
    loop.parts[index] = partOf(envelope);
  }
}

function accountFrame(
  run: StepRun,
  loop: LoopRun,
  issued: CommandIssued,
  outcome: Outcome,
  { max_iterations }: RunLimits,
): void {
  const { frame } = outcome;
  const { error } = outcome.envelope;
  // A worker in best effort reports row failures as counts: an error is the claim's, or that of a worker that gave up.
  run.failure ??= error;
  if (frame === undefined) {
    run.failure ??= { kind: "unknown", retryable: false, message: "the worker reported no frame" };
    return;
  }
  if (frame.claimed > 0) {
    loop.frames += 1;
    loop.rows += frame.claimed;
    loop.lanes.push({ lane: issued.lane ?? 0, frame: (issued.frame ?? 0) + 1 });
  }
  loop.success += frame.success;
  loop.failed += frame.failed;
  for (const data of frame.results ?? []) loop.parts.push({ data });
  if (loop.failFast && frame.failed > 0) {
    run.failure ??= { kind: "unknown", retryable: false, message: `${frame.failed} rows failed` };
  }
  // A claim that never runs dry would go on for ever.
  if (loop.rows > max_iterations) {
    run.failure ??= {
      kind: "limit",
      retryable: false,
      code: "E_LIMIT_ITERATIONS",
      message: `the cursor of step '${run.step}' has given ${loop.rows} rows, more than ${max_iterations}`,
      recovery: "raise executor.spec.policy.limits.max_iterations",
    };
  }
}

function atIndex(error: ErrorInfo, index: number): ErrorInfo {
  const { details } = error;
  if (isObject(details)) return { ...error, details: { index, ...details } };
  return { ...error, details: details === undefined || details === null ? { index } : { index, cause: details } };
}

export function loopStats(loop: LoopRun): LoopStats {
  const total = loop.total ?? loop.rows;
  return {
    total,
    success: loop.success,
    failed: loop.failed,
    skipped: Math.max(total - loop.success - loop.failed, loop.skipped),
  };
}

/** The aggregate of DSL §16.5; for a drained cursor with the fields of §16.6. */
export function loopRecord(run: StepRun): StepRecord {
  const base = { step: run.step, run: run.run, status: "ok" as const };
  const { loop } = run;
  if (loop === undefined) return base;
  const { parts, truncated, gather } = accumulated(run.planned.step.output, loop.parts, loop.mode === "cursor");
  const cursor: JsonObject = { cursor: "drained", frames: loop.frames, rows: loop.rows };
  return {
    ...base,
    parts,
    stats: { ...loopStats(loop), ...(truncated ? { truncated } : {}) },
    errors: loop.errors.toSorted((a, b) => a.index - b.index),
    ...(gather ? { gather } : {}),
    ...(loop.mode === "cursor" ? { cursor } : {}),
  };
}

export function foldLoopDone(state: RunState, event: Extract<LogEvent, { type: "loop.done" }>): void {
  const run = runOf(state, event);
  if (run?.finish?.at !== "loop.done") return;
  run.record = loopRecord(run);
  run.finish = { at: "vars" };
}
