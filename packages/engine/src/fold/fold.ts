import type { EventType, LogEvent } from "../events.ts";
import { DELIVERY } from "../log/delivery.ts";
import { ended, type RunState } from "../state/state.ts";
import { foldIssued, foldLost, foldOutcome, foldTerminal } from "./calls.ts";
import { foldLoopDone, foldLoopStarted } from "./loop.ts";
import { foldNext } from "./route.ts";
import { foldEnd, foldInitialized, foldOpened } from "./start.ts";
import { foldCtx, foldEnter, foldExit, foldSkipped } from "./steps.ts";
import { stopRun } from "./stop.ts";
import { foldChild, foldParked, foldTimer } from "./waits.ts";

/** Their time is the time of the run; the others only follow from them. */
const EXTERNAL: ReadonlySet<EventType> = new Set([
  "playbook.initialized",
  "call.done",
  "call.error",
  "call.parked",
  "command.completed",
  "command.failed",
  "command.lost",
  "child.started",
  "child.completed",
  "timer.fired",
  "execution.cancel_requested",
]);

/**
 * state × event → state. Renders no template. What was folded before, arrives late or is reported twice changes
 * nothing (DSL §18.3, R-19); nothing changes after the terminal event.
 */
export function fold(state: RunState, event: LogEvent): void {
  // The event whose seq they carry may come after them: they must not make it look folded.
  if (DELIVERY.has(event.type)) return;
  if (event.seq <= state.seq) return;
  state.seq = event.seq;
  if (ended(state)) return;
  if (EXTERNAL.has(event.type)) state.now = event.ts;
  switch (event.type) {
    case "playbook.initialized":
      foldInitialized(state, event);
      break;
    case "workflow.initialized":
      foldOpened(state, event);
      break;
    case "step.enter":
      foldEnter(state, event);
      break;
    case "step.skipped":
      foldSkipped(state, event);
      break;
    case "loop.started":
      foldLoopStarted(state, event);
      break;
    case "command.issued":
      foldIssued(state, event);
      break;
    case "call.done":
    case "call.error":
      foldOutcome(state, event);
      break;
    case "call.parked":
      foldParked(state, event);
      break;
    case "command.completed":
    case "command.failed":
    case "command.cancelled":
      foldTerminal(state, event);
      break;
    case "command.lost":
      foldLost(state, event);
      break;
    case "child.started":
    case "child.completed":
      foldChild(state, event);
      break;
    case "timer.fired":
      foldTimer(state, event);
      break;
    case "ctx.updated":
      foldCtx(state, event);
      break;
    case "loop.done":
      foldLoopDone(state, event);
      break;
    case "step.exit":
      foldExit(state, event);
      break;
    case "next.evaluated":
      foldNext(state, event);
      break;
    case "token.dropped":
      state.tokens.drop(event.target, event.from);
      break;
    case "execution.cancel_requested":
      stopRun(state, { kind: "cancel", reason: event.reason }, event.ts);
      break;
    case "playbook.completed":
    case "playbook.failed":
    case "execution.cancelled":
      foldEnd(state, event);
      break;
    case "command.claimed":
    case "command.started":
    case "command.heartbeat":
      break;
  }
}
