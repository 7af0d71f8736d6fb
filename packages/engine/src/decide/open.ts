import { NoetlError } from "@noetl/core";
import { namesOf } from "@noetl/scope";
import type { EventBody, RunLimits } from "../events.ts";
import { DEFAULT_LIMITS } from "../state/state.ts";
import { numberAt } from "./numbers.ts";
import { attempt, bodyOf, type Sight } from "./sight.ts";

/** The first decision: where to begin, and the limits of the run. */
export function decideOpen(sight: Sight): EventBody {
  const { plan, start } = sight.state;
  const first = start?.target ?? plan.entry;
  const limits = attempt(() => {
    if (!plan.steps.has(first)) {
      throw new NoetlError("validation", "E_TARGET_STEP", `playbook '${start?.name}' has no step '${first}'`);
    }
    return limitsOf(sight);
  });
  if (limits.error) return { type: "workflow.initialized", first_step: first, error: limits.error };
  return { type: "workflow.initialized", first_step: first, limits: limits.value };
}

function limitsOf(sight: Sight): RunLimits {
  const { state } = sight;
  const { limits } = state.plan.playbook.executor.spec.policy;
  const names = namesOf({
    ctx: state.ctx,
    result: () => undefined,
    stepNames: () => [],
    workload: state.start?.workload ?? {},
    engine: state.engine,
    body: (ref) => bodyOf(sight, ref),
  });
  const read = (name: keyof typeof limits, whole: boolean, least: number) =>
    numberAt(sight, names, limits[name], { name: `executor.spec.policy.limits.${name}`, least, whole });
  const maxInFlight = read("max_in_flight", true, 1);
  const timeout = read("timeout_seconds", false, 0);
  return {
    max_steps: read("max_steps", true, 1) ?? DEFAULT_LIMITS.max_steps,
    max_iterations: read("max_iterations", true, 0) ?? DEFAULT_LIMITS.max_iterations,
    ...(maxInFlight === undefined ? {} : { max_in_flight: maxInFlight }),
    ...(timeout === undefined || !Number.isFinite(timeout) ? {} : { timeout_ms: timeout * 1_000 }),
  };
}
