import type { ErrorInfo } from "@noetl/core";
import type { CallState, Outcome } from "../state/call.ts";
import type { RunState } from "../state/state.ts";
import { hasCapacity, hasWork, type StepRun } from "../state/step-run.ts";

/** The run of the step must not start anything more. */
export function stopped(state: RunState, run: StepRun): boolean {
  if (run.failure !== undefined) return true;
  if (run.spared) return false;
  return state.stopping !== undefined || (state.draining && run.planned.step.loop !== undefined && !run.final);
}

/** After something of the run ended or started: issue more, wait for what is in flight, or finish. */
export function settle(state: RunState, run: StepRun): void {
  if (run.status !== "RUNNING" || run.finish !== undefined) return;
  if (hasWork(run) && !stopped(state, run)) {
    if (!run.queued && hasCapacity(run)) {
      run.queued = true;
      state.dispatch.push({ do: "run", run });
    }
    return;
  }
  if (run.calls.size === 0) beginFinish(state, run);
}

export function beginFinish(state: RunState, run: StepRun): void {
  if (run.finish !== undefined || run.status !== "RUNNING") return;
  run.queued = false;
  const { loop } = run.planned.step;
  const unfinished = loop ? run.loop === undefined || hasWork(run) : run.record === undefined;
  if (run.failure === undefined && unfinished) run.cancelled = true;
  const failed = run.failure !== undefined || run.cancelled;
  run.finish = { at: failed ? "exit" : loop ? "loop.done" : "vars" };
  state.finish.push({ do: "finish", run });
}

/** The engine will end the call by `command.cancelled`; `outcome` is what it then came to, unless it was reported. */
export function abandon(state: RunState, call: CallState, error: ErrorInfo): void {
  call.outcome ??= failedOutcome(error, call);
  if (call.abandoned) return;
  call.abandoned = true;
  state.abandon.push(call);
}

export function failedOutcome(error: ErrorInfo, call: CallState): Outcome {
  return {
    envelope: {
      status: error.kind === "timeout" ? "timeout" : "error",
      data: null,
      error,
      meta: { attempt: call.issued.attempt, duration_ms: 0, tool: call.issued.kind, started_at: "" },
    },
    updates: [],
  };
}

export const CANCELLED: ErrorInfo = { kind: "cancelled", retryable: false, message: "the run was cancelled" };
