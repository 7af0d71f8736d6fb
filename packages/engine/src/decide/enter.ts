import { type ErrorInfo, type JsonObject, NoetlError } from "@noetl/core";
import { evaluateCondition, renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import type { EventBody, StepEnter } from "../events.ts";
import type { Token } from "../state/tokens.ts";
import { namesAt, type Place } from "./names.ts";
import { numberAt } from "./numbers.ts";
import { attempt, renderOptions, type Sight } from "./sight.ts";

/** Admission, then the guard (DSL §11.2–11.4), then the run of the step begins or is skipped. */
export function decideEnter(sight: Sight, target: string, tokens: readonly Token[], final: boolean): EventBody {
  const planned = sight.state.plan.steps.get(target);
  if (planned === undefined) throw new NoetlError("internal", "E_STEP_UNKNOWN", `there is no step '${target}'`);
  const run = (sight.state.runs.get(target)?.run ?? 0) + 1;
  const from = [...new Set(tokens.flatMap((token) => token.from ?? []))];
  const arcInput = Object.assign({}, ...tokens.map((token) => token.input)) as JsonObject;
  const place: Place = { planned, from, arcInput, final };
  const admitted = attempt(() => admission(sight, place));
  const refused = admitted.error ?? admitted.value?.error;
  if (admitted.value?.skip) {
    return { type: "step.skipped", step: target, run, reason: admitted.value.skip, ...(final ? { final } : {}) };
  }
  const limits = attempt(() => limitsAt(sight, place));
  const error = refused ?? limits.error;
  return {
    type: "step.enter",
    step: target,
    run,
    from,
    ...(Object.keys(arcInput).length > 0 ? { input: arcInput } : {}),
    ...(final ? { final } : {}),
    ...limits.value,
    ...(error ? { error } : {}),
  };
}

interface Admission {
  skip?: "guard" | "not_admitted";
  error?: ErrorInfo;
}

function admission(sight: Sight, place: Place): Admission {
  const { spec, guard, step } = place.planned.step;
  const admits = spec.admit ?? [];
  if (admits.length === 0 && guard === undefined) return {};
  const names = namesAt(sight, place);
  const holds = (when: Parameters<typeof evaluateCondition>[1]) =>
    evaluateCondition(sight.templates, when, names, renderOptions(sight));
  const rule = admits.find(({ when }) => when === undefined || holds(when));
  if (rule && "do" in rule.then) {
    const message = text(sight, names, rule.then.message) ?? `step '${step}' was not admitted`;
    return { error: { kind: "admission", retryable: false, message } };
  }
  if (rule && "allow" in rule.then && !rule.then.allow) return { skip: "not_admitted" };
  return guard === undefined || holds(guard) ? {} : { skip: "guard" };
}

function text(sight: Sight, names: Names, message: string | undefined): string | undefined {
  if (message === undefined) return undefined;
  return String(renderTree(sight.templates, message, names, { ...renderOptions(sight), position: "text" }));
}

function limitsAt(sight: Sight, place: Place): Pick<StepEnter, "deadline_ms" | "timeout_ms"> {
  const { timeout_seconds, deadline_s } = place.planned.step.spec;
  if (timeout_seconds === undefined && deadline_s === undefined) return {};
  const names = namesAt(sight, place);
  const deadline = numberAt(sight, names, deadline_s, { name: "deadline_s", least: 0 });
  const timeout = numberAt(sight, names, timeout_seconds, { name: "timeout_seconds", least: 0 });
  return {
    ...(deadline === undefined ? {} : { deadline_ms: deadline * 1_000 }),
    ...(timeout === undefined ? {} : { timeout_ms: timeout * 1_000 }),
  };
}
