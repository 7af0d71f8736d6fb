import type { ErrorInfo } from "@noetl/core";
import type { Step } from "@noetl/playbook";
import { type BodySource, type StepRecord, stepView } from "@noetl/scope";
import { toNative } from "@noetl/template";
import type { EventBody, ResultValue } from "../events.ts";
import { outcomeOf } from "../state/context.ts";
import { exhausted, type RunState } from "../state/state.ts";
import { decideEnter } from "./enter.ts";
import { attempt, bodyOf, type Sight } from "./sight.ts";

/** At quiescence: the final step, then exactly one terminal event (DSL §19). */
export function decideEnd(sight: Sight): EventBody | undefined {
  const { state } = sight;
  if (state.active.size > 0 || state.finish.size > 0) return undefined;
  if (state.tokens.size > 0 && !exhausted(state)) return undefined;
  const final = finalStep(state);
  if (final !== undefined) return decideEnter(sight, final, [], true);
  const outcome = outcomeOf(state);
  if (state.stopping?.kind === "cancel") return { type: "execution.cancelled", reason: state.stopping.reason };
  const result = attempt(() => executionResult(sight));
  const failure = failureOf(state) ?? result.error;
  if (outcome === "COMPLETED" && failure === undefined) {
    return { type: "playbook.completed", result: result.value ?? { data: null } };
  }
  return {
    type: "playbook.failed",
    error: failure ?? { kind: "unknown", retryable: false, message: "the run failed" },
    failed_steps: [...new Set(state.failures.map(({ step }) => step))],
    result: result.value ?? { data: null },
  };
}

function finalStep(state: RunState): string | undefined {
  const { finalStep: final } = state.plan;
  if (final === undefined || state.finalDone || state.impatient || state.startError) return undefined;
  const routed = state.runs.get(final);
  return routed === undefined || routed.status === "SKIPPED" ? final : undefined;
}

function failureOf(state: RunState): ErrorInfo | undefined {
  if (state.startError) return state.startError;
  if (state.stopping?.kind === "timeout") return state.stopping.error;
  const [first] = state.failures;
  if (first) {
    const message = state.failures.map(({ step, error }) => `step '${step}' failed: ${error.message}`).join("; ");
    return { ...first.error, message };
  }
  if (!exhausted(state)) return undefined;
  return {
    kind: "limit",
    retryable: false,
    code: "E_LIMIT_STEPS",
    message: `the run reached its limit of ${state.limits.max_steps} step runs`,
    recovery: "raise executor.spec.policy.limits.max_steps if the cycle is meant to be that long",
  };
}

/** DSL §19.6: step `end` if it ran, else the terminal step that completed last; null when that is a bare `noop`. */
function executionResult(sight: Sight): ResultValue {
  const { state } = sight;
  const end = state.runs.get("end");
  const ran = end?.status === "COMPLETED" || end?.status === "FAILED";
  const record = ran ? state.records.get("end") : state.lastTerminal;
  if (record === undefined || saysNothing(state.plan.steps.get(record.step)?.step)) return { data: null };
  return resultOf(record, (ref) => bodyOf(sight, ref));
}

/** A `noop` without a result: what it shows to other steps (`{status, message}`) is no result of a run. */
function saysNothing(step: Step | undefined): boolean {
  if (!step?.single || step.loop) return false;
  const [task] = step.tasks;
  return task?.kind === "noop" && !("result" in task.config) && !("message" in task.config);
}

/**
 * What a step shows as its result to a caller: its data, where that is stored, or the aggregate of a loop. Throws
 * NeedBody when parts of an aggregate are stored elsewhere and not fetched.
 */
export function resultOf(record: StepRecord, body: BodySource): ResultValue {
  if (record.ref) return { ref: record.ref };
  if (!record.parts) return { data: record.data ?? null };
  const view = stepView(record, body);
  return { data: (view === undefined ? null : toNative(view)) as import("@noetl/core").Json };
}
