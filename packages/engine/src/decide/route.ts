import type { ErrorInfo, JsonObject } from "@noetl/core";
import type { Arc } from "@noetl/playbook";
import { evaluateCondition, renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import type { EventBody, NextEvaluated } from "../events.ts";
import type { StepRun } from "../state/step-run.ts";
import { arcFacts } from "./arcs.ts";
import { namesAt, placeAfter } from "./names.ts";
import { attempt, renderOptions, type Sight } from "./sight.ts";

/** The router of a step run, evaluated once (DSL §17.2–17.5). */
export function decideNext(sight: Sight, run: StepRun): EventBody {
  const { next } = run.planned.step;
  const record = sight.state.records.get(run.step) ?? { step: run.step, run: run.run, status: "ok" };
  const place = placeAfter(run, record);
  const names = namesAt(sight, place);
  const failed = run.status === "FAILED";
  const exclusive = next?.mode !== "inclusive";
  const selected: NextEvaluated["selected"] = [];
  const rejected: NextEvaluated["rejected"] = [];
  let error: ErrorInfo | undefined;
  for (const [index, arc] of (next?.arcs ?? []).entries()) {
    if (failed && !handlesFailure(sight, run, arc)) {
      rejected.push({ arc: index, reason: "not_failure_arc" });
    } else if (exclusive && selected.length > 0) {
      rejected.push({ arc: index, reason: "not_reached" });
    } else {
      const taken = attempt(() => take(sight, names, arc));
      if (taken.error) {
        rejected.push({ arc: index, reason: "error", message: taken.error.message });
        error ??= routingError(taken.error, run, index);
      } else if (taken.value === undefined) rejected.push({ arc: index, reason: "false" });
      else selected.push({ arc: index, targets: arc.targets, ...taken.value });
    }
  }
  if (!failed && error === undefined && selected.length === 0) error = noMatch(sight, run);
  return {
    type: "next.evaluated",
    step: run.step,
    run: run.run,
    event: place.outcome?.event ?? "call.done",
    selected,
    rejected,
    ...(failed ? { handled: selected.length > 0 && error === undefined } : {}),
    ...(error ? { error } : {}),
  };
}

/** `undefined` = the condition does not hold. */
function take(sight: Sight, names: Names, arc: Arc): { input?: JsonObject } | undefined {
  if (arc.when !== undefined && !evaluateCondition(sight.templates, arc.when, names, renderOptions(sight))) {
    return undefined;
  }
  if (arc.input === undefined) return {};
  const options = { ...renderOptions(sight), position: "data" as const };
  return { input: renderTree(sight.templates, arc.input, names, options) as JsonObject };
}

function handlesFailure(sight: Sight, run: StepRun, arc: Arc): boolean {
  const known = sight.arcFacts.get(arc);
  if (known) return known.handlesFailure;
  const facts = arcFacts(sight.templates, run.step, arc.when);
  sight.arcFacts.set(arc, facts);
  return facts.handlesFailure;
}

/** The arc does not match, and the run fails after it has drained (DSL §8.9). */
function routingError(error: ErrorInfo, run: StepRun, arc: number): ErrorInfo {
  return {
    ...error,
    code: "E_ROUTE_TEMPLATE",
    message: `arc ${arc + 1} of step '${run.step}' cannot be evaluated: ${error.message}`,
  };
}

function noMatch(sight: Sight, run: StepRun): ErrorInfo | undefined {
  if (!sight.state.plan.playbook.executor.spec.no_next_is_error) return undefined;
  return {
    kind: "policy",
    retryable: false,
    code: "NO_NEXT_MATCH",
    message: `no arc of step '${run.step}' matched`,
  };
}
