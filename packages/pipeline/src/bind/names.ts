import type { Json, JsonObject } from "@noetl/core";
import { namesOf } from "@noetl/scope";
import type { Names } from "@noetl/template";
import type { Call, Item } from "../run/call.ts";
import type { Memory } from "./memory.ts";
import { labelView, resultsView } from "./views.ts";

/** Where a template of a pipeline stands: who asks, and what it may see besides. */
export interface Site {
  call: Call;
  memory: Memory;
  item?: Item | undefined;
  /** name of the task at work */
  task?: string;
  attempt?: number;
  /** merged input of the call so far */
  input?: JsonObject;
}

/**
 * Names of a site (DSL §7.2, §13.4). Innermost first: `more` (output, error …), input keys, task-level variables, labels,
 * pipeline locals; then the chain of @noetl/scope.
 */
export function siteNames(site: Site, more?: Record<string, unknown>): Names {
  const { call, memory, item } = site;
  const { context } = call.command;
  const input = site.input ?? {};
  const results = resultsView(memory.results);
  const locals: Record<string, unknown> = {
    results,
    _results: results,
    _prev: labelView("_prev", memory.prev),
    _task: site.task,
    _attempt: site.attempt,
    ...(call.plan.labelled ? labels(memory) : undefined),
    ...memory.locals,
    ...item?.locals,
    ...input,
    input,
    args: input,
    ...(item ? undefined : { iter: memory.step }),
    ...more,
  };
  const steps = context.steps;
  return namesOf({
    locals,
    ...(item && {
      iteration: {
        iterator: item.iterator,
        item: item.item,
        index: item.index,
        total: item.total,
        vars: memory.iter,
      },
    }),
    stepLocals: memory.step,
    ctx: memory.ctx,
    result: (step) => (Object.hasOwn(steps, step) ? steps[step] : undefined),
    stepNames: () => Object.keys(steps),
    workload: context.workload,
    engine: call.engine,
    body: (ref) => call.bodies.get(ref),
  });
}

function labels(memory: Memory): Record<string, unknown> {
  const views: Record<string, unknown> = {};
  for (const label of memory.labels) views[label] = labelView(label, memory.results[label] as Json);
  return views;
}
