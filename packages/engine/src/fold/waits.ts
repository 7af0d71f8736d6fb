import type { ErrorInfo } from "@noetl/core";
import type { ResumeOutcome } from "../command.ts";
import type { CallParked, ChildCompleted, ChildStarted, LogEvent, Wait } from "../events.ts";
import type { CallState } from "../state/call.ts";
import type { RunState } from "../state/state.ts";
import type { StepRun } from "../state/step-run.ts";
import { abandon, beginFinish, CANCELLED } from "./settle.ts";
import { endGrace, stopRun } from "./stop.ts";

export const waitTimer = (call: CallState) => `wait:${call.id}`;
export const timeoutTimer = (call: CallState) => `timeout:${call.id}`;

/** How long a wait may last; `undefined` = until it is answered. */
function durationOf(wait: Wait): number | undefined {
  if (wait.kind === "timer") return wait.delay_ms;
  if (wait.kind === "child" && !wait.wait) return undefined;
  return wait.timeout_ms > 0 ? wait.timeout_ms : undefined;
}

export function foldParked(state: RunState, event: CallParked & { ts: number }): void {
  const call = state.calls.get(event.command_id);
  if (call === undefined || call.phase !== "issued" || call.outcome) return;
  const duration = durationOf(event.wait);
  const timer = duration === undefined ? undefined : waitTimer(call);
  call.phase = "parked";
  call.parked = { wait: event.wait, state: event.state, since: event.ts, child: undefined, timer };
  call.resume = undefined;
  state.parked.set(call.id, call);
  if (event.updates.length > 0) state.finish.push({ do: "updates", run: call.run, entries: event.updates });
  if (timer !== undefined && duration !== undefined) {
    state.timers.set(timer, event.ts + duration, { kind: "wait", call });
  }
  const { timeoutMs } = call.run;
  if (timeoutMs !== undefined) {
    state.timers.set(timeoutTimer(call), call.issuedAt + timeoutMs, { kind: "timeout", call });
  }
  // A host that is told to stop starts no child, so only a child of before will ever answer.
  if (state.stopping !== undefined && !call.run.spared) abandon(state, call, CANCELLED);
}

/** The wait is over: the call goes on with its next leg, unless the run is being stopped. */
export function resume(state: RunState, call: CallState, outcome: ResumeOutcome): void {
  if (call.parked === undefined) return;
  state.timers.take(waitTimer(call));
  state.timers.take(timeoutTimer(call));
  call.resume = { state: call.parked.state, outcome };
  call.parked = undefined;
  call.phase = "resuming";
  state.parked.delete(call.id);
  if (state.stopping !== undefined && !call.run.spared) abandon(state, call, CANCELLED);
  else if (!call.abandoned) state.dispatch.push({ do: "resume", call });
}

/** Nobody waits for the child of this call any more. */
export function forsake(state: RunState, { parked }: CallState): void {
  if (parked?.child !== undefined && parked.wait.kind === "child" && parked.wait.wait) state.forsaken.add(parked.child);
}

export function foldChild(state: RunState, event: LogEvent & (ChildStarted | ChildCompleted)): void {
  const call = state.calls.get(event.command_id);
  const parked = call?.parked;
  if (call === undefined || parked?.wait.kind !== "child") return;
  const { event_id: _id, execution_id: _execution, seq: _seq, ts: _ts, ...body } = event;
  if (body.type === "child.completed") {
    resume(state, call, { kind: "child", event: body });
    return;
  }
  parked.child = body.child_execution_id;
  if (parked.wait.wait) return;
  const { type, child_execution_id, path } = body;
  resume(state, call, { kind: "child", event: { type, child_execution_id, path } });
}

function timeout(message: string): ErrorInfo {
  return { kind: "timeout", retryable: true, message };
}

export function foldTimer(state: RunState, event: Extract<LogEvent, { type: "timer.fired" }>): void {
  const target = state.timers.take(event.timer);
  // A host may set a limit of its own on the whole run.
  if (target?.kind === "execution" || (target === undefined && event.timer === "execution")) {
    if (state.stopping !== undefined) return;
    const error: ErrorInfo = { ...timeout("the execution took longer than its limit"), retryable: false };
    stopRun(state, { kind: "timeout", error }, event.ts);
  } else if (target?.kind === "grace") {
    endGrace(state);
  } else if (target?.kind === "deadline") {
    endStep(state, target.run);
  } else if (target?.kind === "wait") {
    const { call } = target;
    const child = call.parked?.child;
    if (call.parked?.wait.kind === "timer") resume(state, call, { kind: "timer" });
    else {
      forsake(state, call);
      resume(state, call, { kind: "timeout", ...(child !== undefined && { child }) });
    }
  } else if (target?.kind === "timeout") {
    const { call } = target;
    abandon(state, call, timeout(`the call took longer than the step's ${call.run.timeoutMs} ms`));
  }
}

/** The step is past its deadline: it fails now, and its calls are given up (DSL §22). */
function endStep(state: RunState, run: StepRun): void {
  if (run.status !== "RUNNING" || run.finish !== undefined) return;
  const error = timeout(`the step did not end within ${(run.deadline ?? 0) - run.enteredAt} ms`);
  run.failure ??= error;
  for (const id of run.calls) {
    const call = state.calls.get(id);
    if (call) abandon(state, call, error);
  }
  if (run.calls.size === 0) beginFinish(state, run);
}
