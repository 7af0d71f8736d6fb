import type { EventBody } from "../events.ts";
import { stopped } from "../fold/settle.ts";
import type { CallState } from "../state/call.ts";
import type { RunState } from "../state/state.ts";
import type { StepRun } from "../state/step-run.ts";
import { decideLoop } from "./loop.ts";
import type { Sight } from "./sight.ts";

/** What was given up is ended by the engine itself, so that every command has a terminal event. */
export function decideAbandoned(state: RunState): EventBody | undefined {
  for (let call = state.abandon.peek(); call !== undefined; call = state.abandon.peek()) {
    if (state.calls.get(call.id) === call) return cancelled(call);
    state.abandon.shift();
  }
  return undefined;
}

function cancelled({ run, id, issued }: CallState): EventBody {
  const { iteration } = issued;
  const at = { step: run.step, run: run.run, command_id: id };
  return { type: "command.cancelled", ...at, ...(iteration === undefined ? {} : { iteration }) };
}

/** The next loop to open, or command to issue. */
export function decideDispatch(sight: Sight): EventBody | undefined {
  const { state } = sight;
  for (let item = state.dispatch.peek(); item !== undefined; item = state.dispatch.peek()) {
    if (item.do === "run") {
      const { run } = item;
      if (run.queued && !(run.loop && stopped(state, run)))
        return run.planned.step.loop && !run.loop ? decideLoop(sight, run) : issue(run);
    } else {
      const { call } = item;
      const here = state.calls.get(call.id) === call && !call.abandoned && call.outcome === undefined;
      if (here && item.do === "reissue") return { ...call.issued, attempt: call.issued.attempt + 1 };
      if (here) return nextLeg(call);
    }
    state.dispatch.shift();
  }
  return undefined;
}

function issue(run: StepRun): EventBody {
  const { step, planned, loop } = run;
  const [task] = planned.step.tasks;
  const base = `${step}#${run.run}`;
  const kind = planned.step.tasks.length === 1 && task ? task.kind : "pipeline";
  const common = { type: "command.issued" as const, step, run: run.run, kind, attempt: 1 };
  if (loop === undefined) return { ...common, command_id: base, mode: "pipeline" };
  if (loop.dispatch === "batch") return { ...common, command_id: base, mode: "batch" };
  const [next] = loop.lanes;
  if (loop.dispatch === "frame" && next) {
    return { ...common, command_id: `${base}.L${next.lane}.${next.frame}`, mode: "frame", ...next };
  }
  return { ...common, command_id: `${base}.${loop.next}`, iteration: loop.next, mode: "pipeline" };
}

function nextLeg({ issued }: CallState): EventBody {
  const leg = (issued.leg ?? 0) + 1;
  const base = issued.leg === undefined ? issued.command_id : issued.command_id.replace(/~\d+$/, "");
  return { ...issued, command_id: `${base}~${leg}`, attempt: 1, leg };
}
