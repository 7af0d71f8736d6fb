import type { ErrorInfo } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import type { Run, WaitingCall } from "../api.ts";
import type { LogEvent, NextEvaluated, Wait } from "../events.ts";
import { fold } from "../fold/fold.ts";
import { emptyState, ended, type RunState } from "../state/state.ts";
import { pendingOf, waitingOf } from "../view/commands.ts";

/** Why a run is where it is, as data (`noetl why`). */
export interface Explanation {
  status: Run["status"];
  /** of the terminal event */
  error?: ErrorInfo;
  failed_steps: string[];
  /** what an unfinished run waits for; empty = it can go on by itself */
  waiting: Waiting[];
  steps: StepExplanation[];
}

export type Waiting =
  | { for: "worker"; step: string; command_id: string; attempt: number; stopping: boolean }
  | { for: "child"; step: string; command_id: string; path: string; child?: string; timer?: string }
  | { for: "time"; step: string; command_id: string; until: number }
  | { for: "callback"; step: string; command_id: string; info: Extract<Wait, { kind: "callback" }>["info"] }
  /** a join holds tokens and waits for a live step that can still reach it (DSL §18.4) */
  | { for: "step"; step: string; arrived: string[]; waits_for: string };

export interface StepExplanation {
  step: string;
  /** of the latest run; PENDING = it never ran */
  status: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "SKIPPED" | "CANCELLED";
  runs: RunExplanation[];
  /** routers that looked at an arc to this step and did not take it */
  not_taken: { from: string; run: number; arc: number; event: string; reason: ArcReason; message?: string }[];
  /** tokens that came too late for a run (DSL §18.5) */
  dropped: { from: string }[];
}

export type ArcReason = NextEvaluated["rejected"][number]["reason"] | "draining";

export interface RunExplanation {
  run: number;
  status: StepExplanation["status"];
  from: string[];
  entered_at: number;
  ended_at?: number;
  skipped?: "guard" | "not_admitted";
  error?: ErrorInfo;
  /** the failure was taken by an arc */
  handled?: boolean;
  calls: CallExplanation[];
  arcs: { arc: number; targets: string[]; taken: boolean; reason?: ArcReason; message?: string }[];
}

export interface CallExplanation {
  command_id: string;
  iteration?: number;
  /** deliveries; more than 1 when workers were lost */
  deliveries: number;
  /** tries of the tool, as the worker counted them */
  attempts: number;
  parked?: Wait["kind"];
  outcome?: "ok" | "error" | "cancelled";
  error?: ErrorInfo;
  /** of Python code that failed */
  traceback?: string;
}

/** Per step; a cycle of 100 000 runs is explained by its last ones. */
const RUNS_KEPT = 20;
const CALLS_KEPT = 100;

/** Explains a log; with `step` only that one. The log may be unfinished. */
export function explain(plan: Plan, events: Iterable<LogEvent>, step?: string): Explanation {
  const state = emptyState(plan, new Set());
  const steps = new Map<string, StepExplanation>();
  for (const { step: name } of plan.playbook.workflow) {
    if (step === undefined || step === name) {
      steps.set(name, { step: name, status: "PENDING", runs: [], not_taken: [], dropped: [] });
    }
  }
  for (const event of events) {
    note(plan, steps, event, state.draining);
    fold(state, event);
  }
  // Finds out which live step each join waits for.
  if (!state.draining) state.tokens.next();
  return {
    status: state.status,
    ...(state.error ? { error: state.error } : {}),
    failed_steps: state.failedSteps.length > 0 ? state.failedSteps : state.failures.map((failure) => failure.step),
    waiting: ended(state) ? [] : [...waits(state)],
    steps: [...steps.values()],
  };
}

function note(plan: Plan, steps: Map<string, StepExplanation>, event: LogEvent, draining: boolean): void {
  if (event.type === "token.dropped") steps.get(event.target)?.dropped.push({ from: event.from });
  if (event.type === "next.evaluated") noteArcs(plan, steps, event, draining);
  if (!("step" in event) || !("run" in event)) return;
  const about = steps.get(event.step);
  if (about === undefined) return;
  if (event.type === "step.enter" || event.type === "step.skipped") {
    const skipped = event.type === "step.skipped";
    about.status = skipped ? "SKIPPED" : "RUNNING";
    about.runs.push({
      run: event.run,
      status: about.status,
      from: skipped ? [] : event.from,
      entered_at: event.ts,
      ...(skipped ? { skipped: event.reason, ended_at: event.ts } : {}),
      calls: [],
      arcs: [],
    });
    if (about.runs.length > RUNS_KEPT) about.runs.shift();
    return;
  }
  const run = about.runs.at(-1);
  if (run?.run !== event.run) return;
  if (event.type === "step.exit") {
    about.status = run.status = event.status;
    run.ended_at = event.ts;
    if (event.error) run.error = event.error;
  }
  if ("command_id" in event) noteCall(run, event);
}

type CallEvent = Extract<LogEvent, { command_id: string }>;

function noteCall(run: RunExplanation, event: CallEvent): void {
  const base = event.command_id.replace(/~\d+$/, "");
  const call = run.calls.find((each) => each.command_id === base);
  if (event.type === "command.issued" && call === undefined) {
    const { iteration } = event;
    run.calls.push({ command_id: base, deliveries: 1, attempts: 0, ...(iteration === undefined ? {} : { iteration }) });
    if (run.calls.length > CALLS_KEPT) {
      // What went well explains least.
      const dull = run.calls.findIndex(({ outcome, deliveries }) => outcome === "ok" && deliveries === 1);
      run.calls.splice(Math.max(dull, 0), 1);
    }
    return;
  }
  if (call === undefined) return;
  if (event.type === "command.issued") call.deliveries = Math.max(call.deliveries, event.attempt);
  if (event.type === "call.parked") call.parked = event.wait.kind;
  if (event.type === "command.cancelled") call.outcome ??= "cancelled";
  if (event.type === "call.done" || event.type === "call.error") {
    const { error, meta, py } = event.envelope;
    call.attempts += meta.attempt;
    call.outcome = error ? "error" : "ok";
    if (error) call.error = error;
    if (error && py?.traceback) call.traceback = py.traceback;
  }
}

function noteArcs(
  plan: Plan,
  steps: Map<string, StepExplanation>,
  event: Extract<LogEvent, { type: "next.evaluated" }>,
  draining: boolean,
): void {
  const arcs = plan.steps.get(event.step)?.step.next?.arcs ?? [];
  const run = steps.get(event.step)?.runs.at(-1);
  const lost = draining || event.error !== undefined;
  if (run && event.handled !== undefined) run.handled = event.handled;
  if (run && event.error) run.error ??= event.error;
  const taken = event.selected.map(({ arc, targets }) => ({ arc, targets, taken: !lost }));
  const rejected = event.rejected.map(({ arc, reason, message }) => ({
    arc,
    targets: arcs[arc]?.targets ?? [],
    taken: false,
    reason,
    ...(message === undefined ? {} : { message }),
  }));
  run?.arcs.push(...[...taken, ...rejected].sort((a, b) => a.arc - b.arc));
  const { step: from, run: number, event: name } = event;
  const missed = lost ? taken.map((arc) => ({ ...arc, reason: "draining" as const })) : [];
  for (const { arc, targets, reason, ...more } of [...rejected, ...missed]) {
    for (const target of targets) {
      const about = steps.get(target);
      if (about === undefined) continue;
      const message = "message" in more ? { message: more.message } : {};
      about.not_taken.push({ from, run: number, arc, event: name, reason, ...message });
      if (about.not_taken.length > RUNS_KEPT) about.not_taken.shift();
    }
  }
}

function* waits(state: RunState): Iterable<Waiting> {
  for (const { step, command_id, attempt, stop } of pendingOf(state)) {
    yield { for: "worker", step, command_id, attempt, stopping: stop === true };
  }
  for (const call of waitingOf(state)) yield waitOf(call);
  for (const { target, from, for: live } of state.tokens.waiting()) {
    const arrived = from.filter((step) => step !== undefined);
    if (live !== undefined) yield { for: "step", step: target, arrived, waits_for: live };
  }
}

function waitOf({ step, command_id, wait, child, since, timer }: WaitingCall): Waiting {
  const at = { step, command_id };
  if (wait.kind === "timer") return { for: "time", ...at, until: since + wait.delay_ms };
  if (wait.kind === "callback") return { for: "callback", ...at, info: wait.info };
  return {
    for: "child",
    ...at,
    path: wait.path ?? wait.catalog_id ?? "",
    ...(child === undefined ? {} : { child }),
    ...(timer === undefined ? {} : { timer }),
  };
}
