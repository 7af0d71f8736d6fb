import type { ErrorInfo } from "@noetl/core";
import type { CallDone, CallError, CommandIssued, CommandLost, LogEvent } from "../events.ts";
import type { CallState, Outcome } from "../state/call.ts";
import { contextOf } from "../state/context.ts";
import { type RunState, runOf } from "../state/state.ts";
import { hasCapacity, hasWork, type StepRun } from "../state/step-run.ts";
import { accountLoop } from "./loop.ts";
import { recordOf } from "./record.ts";
import { abandon, CANCELLED, failedOutcome, settle } from "./settle.ts";
import { forsake, resume, timeoutTimer, waitTimer } from "./waits.ts";

/** Deliveries of one command before its call fails (DSL §18.7). */
export const MAX_ATTEMPTS = 3;

export function foldIssued(state: RunState, event: CommandIssued & { ts: number }): void {
  const head = state.dispatch.peek();
  if (head?.do === "reissue" && head.call.id === event.command_id) {
    state.dispatch.shift();
    head.call.issued = bodyOf(event);
    return;
  }
  const from = head?.do === "resume" && head.call.run.step === event.step ? head.call : undefined;
  if (from !== undefined) {
    state.dispatch.shift();
    state.calls.delete(from.id);
    from.run.calls.delete(from.id);
  }
  const run = from?.run ?? runOf(state, event);
  if (run === undefined || state.calls.has(event.command_id)) return;
  const call: CallState = {
    run,
    id: event.command_id,
    issued: bodyOf(event),
    context: contextOf(state, run),
    items: event.mode === "batch" ? run.loop?.items : undefined,
    issuedAt: from?.issuedAt ?? event.ts,
    phase: "issued",
    outcome: undefined,
    parked: undefined,
    resume: from?.resume,
    abandoned: false,
  };
  state.calls.set(call.id, call);
  run.calls.add(call.id);
  if (from !== undefined) return;
  takeWork(run, event);
  if (!hasWork(run) || !hasCapacity(run)) {
    run.queued = false;
    if (head?.do === "run" && head.run === run) state.dispatch.shift();
  }
}

function takeWork(run: StepRun, event: CommandIssued): void {
  const { loop } = run;
  if (loop === undefined) return;
  if (event.mode === "frame") loop.lanes = loop.lanes.filter(({ lane }) => lane !== event.lane);
  else loop.next = event.mode === "batch" ? loop.items.length : (event.iteration ?? loop.next) + 1;
}

function bodyOf(event: CommandIssued): CommandIssued {
  const { step, run, command_id, iteration, kind, attempt, mode, lane, frame, leg } = event;
  return {
    type: "command.issued",
    step,
    run,
    command_id,
    kind,
    attempt,
    mode,
    ...(iteration === undefined ? {} : { iteration }),
    ...(lane === undefined ? {} : { lane }),
    ...(frame === undefined ? {} : { frame }),
    ...(leg === undefined ? {} : { leg }),
  };
}

/** What a call came to; it counts when its terminal `command.*` arrives (decision 7). The first report wins. */
export function foldOutcome(state: RunState, event: CallDone | CallError): void {
  const call = state.calls.get(event.command_id);
  if (call === undefined || call.outcome !== undefined) return;
  if (call.parked) {
    if (call.parked.wait.kind !== "callback") return;
    const { error, data } = event.envelope;
    if (event.updates.length > 0) state.finish.push({ do: "updates", run: call.run, entries: event.updates });
    resume(state, call, { kind: "callback", result: data, ...(error ? { error } : {}) });
    return;
  }
  if (call.phase !== "issued") return;
  call.outcome = {
    envelope: event.envelope,
    updates: event.updates,
    ...(event.parts ? { parts: event.parts } : {}),
    ...(event.frame ? { frame: event.frame } : {}),
  };
}

type Terminal = Extract<LogEvent, { type: "command.completed" | "command.failed" | "command.cancelled" }>;

export function foldTerminal(state: RunState, event: Terminal): void {
  const call = state.calls.get(event.command_id);
  if (call === undefined || event.pending_callback) return;
  if (event.type !== "command.cancelled" && call.phase !== "issued") return;
  endCall(state, call, call.outcome ?? failedOutcome(unreported(event.type), call));
}

function unreported(type: Terminal["type"]): ErrorInfo {
  if (type === "command.cancelled") return CANCELLED;
  return { kind: "unknown", retryable: false, message: `the worker reported ${type} without an outcome` };
}

function endCall(state: RunState, call: CallState, outcome: Outcome): void {
  const { run } = call;
  forsake(state, call);
  state.calls.delete(call.id);
  state.parked.delete(call.id);
  run.calls.delete(call.id);
  state.timers.take(waitTimer(call));
  state.timers.take(timeoutTimer(call));
  run.attempts += outcome.envelope.meta.attempt;
  if (outcome.updates.length > 0) state.finish.push({ do: "updates", run, entries: outcome.updates });
  const { error } = outcome.envelope;
  if (error?.kind === "cancelled" && state.stopping !== undefined && !run.spared) run.cancelled = true;
  else if (run.loop) accountLoop(run, call.issued, outcome, state.limits);
  else {
    run.record = recordOf(run, outcome.envelope);
    run.failure ??= error;
  }
  settle(state, run);
}

export function foldLost(state: RunState, event: CommandLost): void {
  const call = state.calls.get(event.command_id);
  if (call === undefined || call.phase !== "issued" || call.abandoned) return;
  if (call.outcome !== undefined) {
    endCall(state, call, call.outcome);
    return;
  }
  const { attempt } = call.issued;
  if (attempt < MAX_ATTEMPTS && !(state.stopping !== undefined && !call.run.spared)) {
    state.dispatch.push({ do: "reissue", call });
    return;
  }
  abandon(state, call, {
    kind: "timeout",
    retryable: true,
    code: "WORKER_LOST",
    message: `the worker of ${call.id} was lost, attempt ${attempt} of ${MAX_ATTEMPTS}`,
  });
}
