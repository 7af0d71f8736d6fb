import { isObject } from "@noetl/core";
import type { Playbook, Step } from "../model.ts";
import { ENGINE_NAMES, GLOBALS, isCursorLocal } from "../sites/names.ts";
import { setsOf } from "./sets.ts";

/** What the document defines anywhere, for telling names that nothing defines. */
export interface Names {
  /** defined somewhere: engine, workload, steps, iterators, variables */
  has(name: string): boolean;
  readonly steps: ReadonlySet<string>;
  /** candidates of a suggestion */
  readonly all: ReadonlySet<string>;
  /** step → kind of its only tool */
  readonly tables: ReadonlyMap<string, string>;
}

export function namesOf(playbook: Playbook): Names {
  const steps = new Set(playbook.workflow.map((step) => step.step));
  const all = new Set([...Object.keys(playbook.workload), ...Object.keys(playbook.vars ?? {}), ...steps]);
  const tables = new Map<string, string>();
  for (const step of playbook.workflow) {
    if (step.loop) all.add(step.loop.iterator);
    for (const entry of setsOf(step)) if (entry.path[0] !== undefined) all.add(entry.path[0]);
    for (const arc of step.next?.arcs ?? []) for (const key of Object.keys(arc.input ?? {})) all.add(key);
    for (const name of variablesOf(step)) all.add(name);
    const [task] = step.tasks;
    if (step.single && task && step.loop === undefined) tables.set(step.step, task.kind);
  }
  return {
    steps,
    all,
    tables,
    has: (name) => ENGINE_NAMES.has(name) || GLOBALS.has(name) || all.has(name) || isCursorLocal(name),
  };
}

/** Variables that tools write on their own: `exports` of shell, the token of `auth` (DSL §12.3, §23.5). */
function variablesOf(step: Step): string[] {
  return step.tasks.flatMap((task) => {
    if (task.kind === "auth") return ["auth"];
    const { exports } = task.config;
    if (Array.isArray(exports)) return exports.filter((name) => typeof name === "string");
    return isObject(exports) ? Object.keys(exports) : [];
  });
}
