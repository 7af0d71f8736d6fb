import { assign, type StepRecord } from "@noetl/scope";
import type { CtxEntry, LogEvent, StepEnter } from "../events.ts";
import { type RunState, runOf } from "../state/state.ts";
import type { StepRun } from "../state/step-run.ts";
import { loopRecord } from "./loop.ts";
import { beginFinish } from "./settle.ts";
import { drain, fail } from "./stop.ts";

type Of<T extends LogEvent["type"]> = Extract<LogEvent, { type: T }>;

function open(state: RunState, event: Omit<StepEnter, "type"> & { ts: number }): StepRun | undefined {
  const planned = state.plan.steps.get(event.step);
  if (planned === undefined) return undefined;
  const run: StepRun = {
    planned,
    step: event.step,
    run: event.run,
    from: event.from,
    arcInput: event.input ?? {},
    final: event.final === true,
    spared: event.final === true && state.stopping !== undefined && !state.impatient,
    enteredAt: event.ts,
    deadline: event.deadline_ms === undefined ? undefined : event.ts + event.deadline_ms,
    timeoutMs: event.timeout_ms,
    status: "RUNNING",
    endSeq: 0,
    calls: new Set(),
    failure: event.error,
    cancelled: false,
    loop: undefined,
    record: undefined,
    finish: undefined,
    attempts: 0,
    queued: false,
    snapshot: undefined,
  };
  state.started += 1;
  if (run.final) state.finalDone = true;
  state.runs.set(event.step, run);
  state.tokens.consume(event.step);
  return run;
}

export function foldEnter(state: RunState, event: Of<"step.enter">): void {
  const run = open(state, event);
  if (run === undefined) return;
  state.active.add(run);
  state.tokens.running(run);
  if (run.deadline !== undefined) state.timers.set(deadlineTimer(run), run.deadline, { kind: "deadline", run });
  const { loop, tasks } = run.planned.step;
  const idle = !loop && tasks.length === 0;
  if (idle) run.record = { step: run.step, run: run.run, status: "ok", data: null };
  if (idle || run.failure !== undefined) {
    beginFinish(state, run);
    return;
  }
  run.queued = true;
  state.dispatch.push({ do: "run", run });
}

export function foldSkipped(state: RunState, event: Of<"step.skipped">): void {
  const run = open(state, { ...event, from: [] });
  if (run === undefined) return;
  run.status = "SKIPPED";
  run.endSeq = event.seq;
  put(state, run, { step: run.step, run: run.run, status: "skipped", meta: { reason: event.reason } });
  state.tokens.over(run);
  if (state.draining || run.final || (run.planned.step.next?.arcs.length ?? 0) === 0) return;
  run.finish = { at: "route" };
  state.finish.push({ do: "finish", run });
}

export function foldCtx(state: RunState, event: Of<"ctx.updated">): void {
  state.ctx = event.entries.reduce((ctx, { path, value }: CtxEntry) => assign(ctx, path, value), state.ctx);
  const head = state.finish.peek();
  if (head === undefined) return;
  if (event.source === "worker") {
    if (head.do === "updates") state.finish.shift();
    return;
  }
  const { run } = head;
  if (run.step !== event.step || run.run !== event.run || run.finish === undefined) return;
  if (event.source === "arc") {
    if (run.finish.at !== "arcs") return;
    const arcs = run.finish.arcs.filter((arc) => arc !== event.arc);
    if (event.error) fail(state, run.step, event.error);
    if (arcs.length > 0 && !event.error) run.finish = { at: "arcs", arcs };
    else finished(state, run);
    return;
  }
  if (event.error) {
    run.failure = event.error;
    run.finish = { at: "exit" };
  } else {
    run.finish = { at: event.source === "vars" ? "set" : "exit" };
  }
}

export function foldExit(state: RunState, event: Of<"step.exit">): void {
  const run = runOf(state, event);
  if (run === undefined || run.status !== "RUNNING") return;
  const own = run.loop ? loopRecord(run) : (run.record ?? { step: run.step, run: run.run, status: "ok" as const });
  const status = event.status === "COMPLETED" ? own.status : own.status === "timeout" ? "timeout" : "error";
  put(state, run, { ...own, status, ...(event.error ? { error: event.error } : {}) });
  run.status = event.status;
  run.endSeq = event.seq;
  run.loop = undefined;
  run.record = undefined;
  run.snapshot = undefined;
  state.active.delete(run);
  state.timers.take(deadlineTimer(run));
  state.tokens.over(run);
  const routes = !run.final && !state.draining && (run.planned.step.next?.arcs.length ?? 0) > 0;
  if (routes && event.status !== "CANCELLED") {
    run.finish = { at: "route" };
    return;
  }
  if (event.status === "COMPLETED" && !run.final) state.lastTerminal = state.records.get(run.step);
  if (event.status === "FAILED") {
    const error = event.error ?? { kind: "unknown", retryable: false, message: "the step failed" };
    state.failures.push({ step: run.step, error });
    drain(state);
  }
  finished(state, run);
}

/** The run of the step has nothing left to decide. */
export function finished(state: RunState, run: StepRun): void {
  run.finish = undefined;
  const head = state.finish.peek();
  if (head?.do === "finish" && head.run === run) state.finish.shift();
}

function put(state: RunState, run: StepRun, record: StepRecord): void {
  state.records.set(run.step, record);
  state.recordsVersion += 1;
}

export function deadlineTimer(run: StepRun): string {
  return `deadline:${run.step}#${run.run}`;
}
