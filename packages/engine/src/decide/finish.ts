import type { ErrorInfo } from "@noetl/core";
import type { SetEntry } from "@noetl/playbook";
import { type Assignment, assign, renderSet, type StepRecord } from "@noetl/scope";
import type { CtxEntry, EventBody } from "../events.ts";
import { loopStats } from "../fold/loop.ts";
import { CANCELLED } from "../fold/settle.ts";
import type { RunState } from "../state/state.ts";
import type { StepRun } from "../state/step-run.ts";
import { namesAt, type Place, placeAfter } from "./names.ts";
import { decideNext } from "./route.ts";
import { attempt, renderOptions, type Sight } from "./sight.ts";

/** What is left to decide for the step that ended first: one step is finished before the next (DSL §11.4, 8–13). */
export function decideFinish(sight: Sight): EventBody | undefined {
  const head = sight.state.finish.peek();
  if (head === undefined) return undefined;
  const { run } = head;
  const at = { step: run.step, run: run.run };
  if (head.do === "updates") return { type: "ctx.updated", ...at, source: "worker", entries: head.entries };
  const { finish } = run;
  if (finish?.at === "loop.done" && run.loop) {
    return { type: "loop.done", ...at, stats: { ...loopStats(run.loop) } };
  }
  if (finish?.at === "vars") {
    const vars = run.planned.step.set.filter(({ scope }) => scope === "vars");
    if (vars.length > 0) return { type: "ctx.updated", ...at, source: "vars", ...rendered(sight, afterOf(run), vars) };
  }
  if (finish?.at === "vars" || finish?.at === "set") {
    const set = run.planned.step.set.filter(({ scope }) => scope !== "vars");
    if (set.length > 0) return { type: "ctx.updated", ...at, source: "step", ...rendered(sight, afterOf(run), set) };
  }
  if (finish?.at === "arcs") return decideArcSet(sight, run, finish.arcs);
  return finish?.at === "route" ? decideNext(sight, run) : exit(sight.state, run);
}

function exit(state: RunState, run: StepRun): EventBody {
  const at = { type: "step.exit" as const, step: run.step, run: run.run };
  if (run.failure) return { ...at, status: "FAILED", error: run.failure };
  if (!run.cancelled) return { ...at, status: "COMPLETED" };
  return { ...at, status: "CANCELLED", error: { ...CANCELLED, message: whyStopped(state) } };
}

/** Of a step that was cut short: people look for who did it. */
function whyStopped({ stopping, failures: [first] }: RunState): string {
  if (stopping?.kind === "timeout") return stopping.error.message;
  if (stopping || !first) return CANCELLED.message;
  return `step '${first.step}' failed, and nothing more was begun`;
}

function decideArcSet(sight: Sight, run: StepRun, [arc = 0]: number[]): EventBody {
  const entries = run.planned.step.next?.arcs[arc]?.set ?? [];
  const record = sight.state.records.get(run.step);
  const made = rendered(sight, placeAfter(run, record ?? bare(run)), entries);
  const error: ErrorInfo | undefined = made.error && { ...made.error, code: "E_ROUTE_TEMPLATE" };
  return {
    type: "ctx.updated",
    step: run.step,
    run: run.run,
    source: "arc",
    arc,
    entries: made.entries,
    ...(error ? { error } : {}),
  };
}

const bare = (run: StepRun): StepRecord => ({ step: run.step, run: run.run, status: "ok" });

const afterOf = (run: StepRun): Place => placeAfter(run, run.record ?? bare(run));

/** What is kept of a value derived from a secret (DSL §9.3.4). */
const MASK = "***";

/** The writes of one `set` block; after an error those that could be rendered, so that the others are not lost (§8.9). */
function rendered(sight: Sight, place: Place, entries: SetEntry[]): { entries: CtxEntry[]; error?: ErrorInfo } {
  const all = attempt(() => render(sight, place, entries));
  if (all.error === undefined) return { entries: all.value };
  const written = entries.flatMap((entry) => attempt(() => render(sight, place, [entry])).value ?? []);
  return { entries: written, error: all.error };
}

function render(sight: Sight, place: Place, entries: SetEntry[]): CtxEntry[] {
  const { ctx } = sight.state;
  const names = (done: readonly Assignment[]) =>
    namesAt(sight, { ...place, ctx: written(done).reduce((next, { path, value }) => assign(next, path, value), ctx) });
  return written(renderSet(sight.templates, entries, names, { ...renderOptions(sight), deferredAs: MASK }));
}

/** `step.*` and `iter.*` end with the step; only variables of the run are kept. */
function written(assignments: readonly Assignment[]): CtxEntry[] {
  return assignments.flatMap(({ scope, path, value }) => {
    if (scope === "ctx") return [{ path: [...path], value }];
    return scope === "vars" ? [{ path: ["vars", ...path], value }] : [];
  });
}
