import type { ErrorInfo } from "@noetl/core";
import type { RunState } from "../state/state.ts";
import { abandon, beginFinish, CANCELLED, settle } from "./settle.ts";

/** Running calls may end by themselves for this long after a cancel (DSL §19.5). */
const GRACE_MS = 30_000;

/** No new tokens are honoured, no further iterations or claims; what runs may finish (DSL §19.3). */
export function drain(state: RunState): void {
  if (state.draining) return;
  state.draining = true;
  state.tokens.clear();
  for (const run of state.active) if (run.planned.step.loop) settle(state, run);
}

export function fail(state: RunState, step: string, error: ErrorInfo): void {
  state.failures.push({ step, error });
  drain(state);
}

/** Cancel and execution time-out: what runs is asked to stop. A second request does not wait for it any longer. */
export function stopRun(state: RunState, cause: NonNullable<RunState["stopping"]>, ts: number): void {
  if (state.start === undefined) return;
  if (state.stopping !== undefined) {
    state.impatient = true;
    for (const run of state.active) run.spared = false;
    endGrace(state);
    return;
  }
  state.stopping = cause;
  state.status = "CANCELLING";
  state.timers.take("execution");
  state.timers.set("grace", ts + GRACE_MS, { kind: "grace" });
  drain(state);
  for (const call of state.calls.values()) {
    // A child is cancelled by the host and reports; nothing else would ever answer for these.
    const answers = call.parked ? call.parked.wait.kind === "child" && call.parked.wait.wait : call.phase === "issued";
    if (!answers) abandon(state, call, CANCELLED);
  }
  for (const run of state.active) if (run.calls.size === 0) beginFinish(state, run);
}

export function endGrace(state: RunState): void {
  state.graceOver = true;
  for (const call of state.calls.values()) if (!call.run.spared) abandon(state, call, CANCELLED);
  for (const run of state.active) if (run.calls.size === 0 && !run.spared) beginFinish(state, run);
}
