import type { PendingCommand, WaitingCall } from "../api.ts";
import type { Command } from "../command.ts";
import type { CallState } from "../state/call.ts";
import { ended, type RunState } from "../state/state.ts";

/** Everything a worker needs, from the snapshot that was taken when the command was issued. */
export function commandOf(state: RunState, commandId: string): Command | undefined {
  const call = state.calls.get(commandId);
  if (call === undefined || call.phase !== "issued") return undefined;
  const { run, issued, items, resume } = call;
  const { playbook } = state.plan;
  const { policy } = playbook.executor.spec;
  const { loop } = run;
  const index = issued.iteration;
  return {
    execution_id: state.executionId,
    command_id: commandId,
    issued,
    step: run.planned.step,
    keychain: playbook.keychain,
    context: call.context,
    arc_input: run.arcInput,
    ...(index === undefined || !loop
      ? {}
      : { iteration: { index, total: loop.total, item: loop.items[index] ?? null } }),
    ...(items ? { items } : {}),
    ...(issued.mode === "batch" && loop ? { max_in_flight: loop.maxInFlight } : {}),
    ...(resume ? { resume } : {}),
    ...(run.deadline === undefined ? {} : { deadline: run.deadline }),
    defaults: policy.defaults,
    results: policy.results,
    local_profile: playbook.executor.profile === "local",
  };
}

export function* pendingOf(state: RunState): Generator<PendingCommand, void> {
  for (const call of state.calls.values()) {
    if (call.phase !== "issued") continue;
    const { issued, outcome, abandoned } = call;
    yield {
      command_id: call.id,
      step: issued.step,
      run: issued.run,
      ...iterationOf(call),
      kind: issued.kind,
      attempt: issued.attempt,
      ...(outcome && !abandoned ? { reported: outcome.envelope.error ? "error" : "done" } : {}),
      ...(abandoned || isStopped(state, call) ? { stop: true } : {}),
    };
  }
}

export function* waitingOf(state: RunState): Generator<WaitingCall, void> {
  if (ended(state)) return;
  for (const call of state.parked.values()) {
    const { issued, parked } = call;
    if (parked === undefined) continue;
    const { wait, child, since, timer } = parked;
    yield {
      command_id: call.id,
      step: issued.step,
      run: issued.run,
      ...iterationOf(call),
      wait,
      since,
      ...(child === undefined ? {} : { child }),
      ...(timer === undefined ? {} : { timer }),
      ...(isStopped(state, call) ? { stop: true } : {}),
    };
  }
}

function iterationOf({ issued }: CallState): { iteration?: number } {
  return issued.iteration === undefined ? {} : { iteration: issued.iteration };
}

function isStopped(state: RunState, call: CallState): boolean {
  return state.stopping !== undefined && !call.run.spared;
}
