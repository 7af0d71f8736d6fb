import type { JsonObject } from "@noetl/core";
import type { Arc } from "@noetl/playbook";
import type { LogEvent } from "../events.ts";
import { type RunState, runOf } from "../state/state.ts";
import { finished } from "./steps.ts";
import { fail } from "./stop.ts";

/** Does the arc write variables of the run? */
export function writesCtx(arc: Arc | undefined): boolean {
  return arc?.set.some(({ scope }) => scope === "ctx" || scope === "vars") ?? false;
}

/** The decision of a router gives tokens to its targets, or none to anybody when the failure is not handled (DSL §17). */
export function foldNext(state: RunState, event: Extract<LogEvent, { type: "next.evaluated" }>): void {
  const run = runOf(state, event);
  if (run === undefined || run.finish?.at !== "route") return;
  const { planned } = run;
  const record = state.records.get(run.step);
  if (run.status === "FAILED" && !event.handled) {
    fail(state, run.step, record?.error ?? { kind: "unknown", retryable: false, message: "the step failed" });
  } else if (event.error) {
    fail(state, run.step, event.error);
  }
  if (state.draining) {
    finished(state, run);
    return;
  }
  const targets = new Map<string, JsonObject | undefined>();
  for (const { targets: names, input } of event.selected) {
    for (const name of names) {
      if (!state.plan.steps.has(name)) continue;
      const earlier = targets.get(name);
      targets.set(name, earlier && input ? { ...earlier, ...input } : (input ?? earlier));
    }
  }
  for (const [target, input] of targets) {
    state.tokens.push(target, { from: run.step, seq: run.endSeq, back: planned.backEdges.has(target), input });
  }
  if (targets.size === 0 && run.status === "COMPLETED") state.lastTerminal = record;
  const arcs = event.selected.map(({ arc }) => arc).filter((arc) => writesCtx(planned.step.next?.arcs[arc]));
  if (arcs.length === 0) finished(state, run);
  else run.finish = { at: "arcs", arcs };
}
