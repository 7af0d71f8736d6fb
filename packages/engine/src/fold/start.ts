import type { LogEvent } from "../events.ts";
import type { RunState } from "../state/state.ts";

export function foldInitialized(state: RunState, event: Extract<LogEvent, { type: "playbook.initialized" }>): void {
  if (state.start) return;
  const { event_id: _id, seq: _seq, ts, execution_id: id, ...start } = event;
  state.start = start;
  state.executionId = id;
  state.startedAt = ts;
  state.startError = start.error;
  state.ctx = start.ctx;
  state.engine = {
    execution_id: id,
    catalog_id: start.catalog_id,
    path: start.path,
    version: start.version,
    job: { uuid: id, execution_id: id, id },
    payload: start.payload,
    env: start.env,
    ...(start.parent
      ? { parent_execution_id: start.parent.execution_id, root_execution_id: start.root_execution_id }
      : {}),
    ...(start.server_url === undefined ? {} : { server_url: start.server_url }),
    ...(state.plan.playbook.spec === undefined ? {} : { spec: state.plan.playbook.spec }),
  };
}

export function foldOpened(state: RunState, event: Extract<LogEvent, { type: "workflow.initialized" }>): void {
  if (state.opened) return;
  state.opened = true;
  if (state.status === "PENDING") state.status = "RUNNING";
  if (event.limits) state.limits = event.limits;
  if (event.error) {
    state.startError = event.error;
    return;
  }
  const { timeout_ms: timeout } = state.limits;
  if (timeout !== undefined) {
    state.timers.set("execution", (state.startedAt ?? event.ts) + timeout, { kind: "execution" });
  }
  if (!state.draining) {
    state.tokens.push(event.first_step, { from: undefined, seq: event.seq, back: false, input: undefined });
  }
}

type EndEvent = Extract<LogEvent, { type: "playbook.completed" | "playbook.failed" | "execution.cancelled" }>;

export function foldEnd(state: RunState, event: EndEvent): void {
  state.endedAt = event.ts;
  if (event.type === "execution.cancelled") {
    state.status = "CANCELLED";
    state.error = { kind: "cancelled", retryable: false, message: event.reason };
  } else {
    state.status = event.type === "playbook.completed" ? "COMPLETED" : "FAILED";
    state.result = event.result;
  }
  if (event.type === "playbook.failed") {
    state.error = event.error;
    state.failedSteps = event.failed_steps;
  }
  state.tokens.clear();
  state.calls.clear();
  state.parked.clear();
  state.finish.clear();
  state.dispatch.clear();
  state.abandon.clear();
  state.timers.clear();
}
