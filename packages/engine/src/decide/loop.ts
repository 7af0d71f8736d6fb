import { type Json, NoetlError } from "@noetl/core";
import { renderTree, toItems } from "@noetl/scope";
import { looksLikeTemplate, type Names } from "@noetl/template";
import type { EventBody, LoopStarted } from "../events.ts";
import type { StepRun } from "../state/step-run.ts";
import { namesAt } from "./names.ts";
import { numberAt } from "./numbers.ts";
import { attempt, renderOptions, type Sight } from "./sight.ts";

/** Renders the collection once, when the step starts (DSL §16.2), and the numbers of the loop. */
export function decideLoop(sight: Sight, run: StepRun): EventBody {
  const mode = run.planned.step.loop?.mode ?? "sequential";
  const base = { type: "loop.started" as const, step: run.step, run: run.run, mode };
  const { value, error } = attempt(() => loopAt(sight, run));
  if (error) return { ...base, total: mode === "cursor" ? null : 0, max_in_flight: 1, error };
  return { ...base, ...value };
}

function loopAt(sight: Sight, run: StepRun): Pick<LoopStarted, "total" | "items" | "max_in_flight"> {
  const { loop } = run.planned.step;
  if (loop === undefined) return { total: 0, items: [], max_in_flight: 1 };
  const names = namesAt(sight, run);
  const { limits } = sight.state;
  const wanted = numberAt(sight, names, loop.max_in_flight, { name: "max_in_flight", least: 1, whole: true });
  const inFlight = loop.mode === "sequential" ? 1 : (wanted ?? (loop.mode === "parallel" ? 10 : 1));
  const max_in_flight = Math.min(inFlight, limits.max_in_flight ?? inFlight);
  if ("cursor" in loop.source) return { total: null, max_in_flight };
  const all = itemsOf(sight, names, loop.source.in, run.step);
  const limit = numberAt(sight, names, loop.limit, { name: "loop.limit", least: 0, whole: true });
  const items = limit === undefined ? all : all.slice(0, limit);
  if (items.length > limits.max_iterations) {
    throw new NoetlError(
      "terminal",
      "E_LIMIT_ITERATIONS",
      `the loop of step '${run.step}' has ${items.length} items, more than ${limits.max_iterations}`,
      { hint: "raise executor.spec.policy.limits.max_iterations" },
    );
  }
  return { total: items.length, items, max_in_flight };
}

function itemsOf(sight: Sight, names: Names, source: Json, step: string): Json[] {
  const options = renderOptions(sight);
  const template =
    typeof source === "string" && looksLikeTemplate(source) ? sight.templates.compile(source) : undefined;
  // A whole expression is asked for its value itself: an aggregate iterates over its results, not over its map.
  const value = template?.whole
    ? template.evaluate(names, options)
    : renderTree(sight.templates, source, names, { ...options, position: "data" });
  const items = toItems(value);
  if (items !== undefined) return items;
  throw new NoetlError(
    "terminal",
    "E_LOOP_NOT_ITERABLE",
    `step '${step}' cannot loop over ${JSON.stringify(source)}: it is ${describe(value)}`,
    { hint: "write | default([]) to allow none" },
  );
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  return typeof value === "object" ? "no list" : `${typeof value} ${String(value)}`;
}
