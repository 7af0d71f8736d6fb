import { type JsonObject, NoetlError } from "@noetl/core";
import type { PlannedStep } from "@noetl/playbook";
import { eventView, namesOf, renderTree, type ScopeInput, type StepRecord, siteC, stepView } from "@noetl/scope";
import type { Names } from "@noetl/template";
import { finishingEvent } from "../state/context.ts";
import type { StepRun } from "../state/step-run.ts";
import { bodyOf, renderOptions, type Sight } from "./sight.ts";

/** Where the engine renders for a step (DSL §7.5): before its calls, or after them with `output` and `event`. */
export interface Place {
  planned: PlannedStep;
  from: readonly string[];
  arcInput: JsonObject;
  final: boolean;
  /** after the calls; without data for a skipped step */
  outcome?: { event: "call.done" | "call.error" | "loop.done" | "step.skipped"; record: StepRecord };
  ctx?: JsonObject;
}

/** Site C (DSL §7.5) of a run that is over. */
export function placeAfter(run: StepRun, record: StepRecord): Place {
  const done = run.planned.step.loop ? "loop.done" : "call.done";
  const event = run.status === "SKIPPED" ? "step.skipped" : run.status === "FAILED" ? "call.error" : done;
  return {
    planned: run.planned,
    from: run.from,
    arcInput: run.arcInput,
    final: run.final,
    outcome: { event, record },
  };
}

export function namesAt(sight: Sight, place: Place): Names {
  const { state } = sight;
  const body = (ref: string) => bodyOf(sight, ref);
  const own = place.outcome?.record;
  const result = (step: string) => (own !== undefined && step === own.step ? own : state.records.get(step));
  const previous = place.from.at(-1);
  const engine: Record<string, unknown> = { ...state.engine };
  Object.defineProperty(engine, "keychain", { get: noSecrets });
  if (place.final) engine.event = finishingEvent(state);
  const led = previous === undefined ? undefined : state.records.get(previous);
  if (led) engine.prev = engine.result = stepView(led, body);
  const input: ScopeInput = {
    locals: localsAt(sight, place),
    ctx: place.ctx ?? state.ctx,
    result,
    stepNames: () => state.records.keys(),
    workload: state.start?.workload ?? {},
    engine,
    body,
  };
  return namesOf(input);
}

/** Where the run is decided no secret is known: undefined would read as false (invariant 5). */
function noSecrets(): never {
  throw new NoetlError("validation", "E_TPL_VALUE", "keychain is known only where a tool runs", {
    hint: "let a tool read it and decide on what the tool returns",
  });
}

function localsAt(sight: Sight, place: Place): Record<string, unknown> {
  const locals: Record<string, unknown> = {};
  const { outcome, planned } = place;
  if (outcome !== undefined) {
    const { record, event } = outcome;
    if (record.status !== "skipped" || record.data !== undefined) {
      const output = siteC(record, (ref) => bodyOf(sight, ref), { httpLenient: lenient(sight, planned) });
      locals.output = locals.outcome = locals.result = locals.response = output;
    }
    if (record.error) locals.error = record.error;
    locals.event = eventView(event, {
      step: planned.step.step,
      status: record.status,
      routerMentionsLoopDone: mentionsLoopDone(planned),
      ...(record.error ? { error: record.error } : {}),
    });
  }
  // Most templates do not read it, and rendering it may fail where it does not matter.
  const lazily = { get: () => inputOf(sight, place), enumerable: true, configurable: true };
  if (Object.keys(planned.step.input).length > 0 || Object.keys(place.arcInput).length > 0) {
    Object.defineProperty(locals, "input", lazily);
    Object.defineProperty(locals, "args", lazily);
  }
  return locals;
}

function inputOf(sight: Sight, place: Place): JsonObject {
  const { outcome: _outcome, ...before } = place;
  const bare = { ...before, planned: { ...place.planned, step: { ...place.planned.step, input: {} } } };
  const names = namesAt(sight, bare);
  const own = renderTree(sight.templates, place.planned.step.input, names, {
    ...renderOptions(sight),
    position: "data",
    skipDeferred: true,
  });
  return { ...place.arcInput, ...(own as JsonObject) };
}

/** DSL §12.4: a single http task without rules in a `profile: local` playbook. */
function lenient(sight: Sight, { step }: PlannedStep): boolean {
  const [task] = step.tasks;
  const local = sight.state.plan.playbook.executor.profile === "local";
  return local && step.single && task?.kind === "http" && task.rules.length === 0;
}

function mentionsLoopDone({ step }: PlannedStep): boolean {
  return step.next?.arcs.some(({ when }) => JSON.stringify(when ?? null).includes("loop.done")) ?? false;
}
