import type { Json, JsonObject } from "@noetl/core";
import type { Position, SetEntry, Step, Task } from "@noetl/playbook";
import { refsOf, type TemplateCache } from "@noetl/scope";
import { looksLikeTemplate } from "@noetl/template";
import type { Tool } from "@noetl/tools";
import { MASK } from "../secrets/redactor.ts";

/** What can be known of a step before it runs, kept beside the compiled templates of the process. */
export interface StepPlan {
  tasks: TaskPlan[];
  labels: ReadonlyMap<string, number>;
  /** the step's data is a map by label (DSL §13.6) */
  labelled: boolean;
  staticInput: boolean;
}

export interface TaskPlan {
  task: Task;
  tool: Tool | undefined;
  fields: { key: string; value: Json; position: Position; keys: boolean }[];
  /** fields without any template */
  fixed: JsonObject;
  staticInput: boolean;
  set: SetEntry[];
  rules: SetEntry[][];
  /** predicates over known root names, by those names: templates of code are compiled for one of them */
  knownRoots: Map<string, (name: string) => boolean>;
}

/** Maps whose keys may be templates too (worker-and-tools §9.1). */
const KEYED = new Set(["env", "headers", "params"]);

export function planStep(step: Step, templates: TemplateCache, toolOf: (kind: string) => Tool | undefined): StepPlan {
  const tasks = step.tasks.map((task) => planTask(task, templates, toolOf(task.kind)));
  return {
    tasks,
    labels: new Map(step.tasks.map((task, index) => [task.name, index])),
    labelled: step.tasks.length > 0 && !(step.single && step.tasks.length === 1),
    staticInput: !hasTemplate(step.input),
  };
}

function planTask(task: Task, templates: TemplateCache, tool: Tool | undefined): TaskPlan {
  const fields: TaskPlan["fields"] = [];
  const fixed: JsonObject = {};
  for (const [key, value] of Object.entries(task.config)) {
    const position = tool?.positions[key] ?? "data";
    if (position === "none" || !hasTemplate(value)) fixed[key] = value;
    else fields.push({ key, value, position, keys: KEYED.has(key) });
  }
  return {
    task,
    tool,
    fields,
    fixed,
    staticInput: !hasTemplate(task.input),
    set: maskDurable(task.set, templates),
    rules: task.rules.map((rule) => maskDurable(rule.set, templates)),
    knownRoots: new Map(),
  };
}

/** A durable variable never gets a value derived from a secret: `***` is stored instead (DSL §9.3.4). */
function maskDurable(entries: SetEntry[], templates: TemplateCache): SetEntry[] {
  return entries.map((entry) => {
    const durable = entry.scope === "ctx" || entry.scope === "vars";
    if (!durable || !hasTemplate(entry.value) || !refsOf(entry.value, templates).deferred) return entry;
    return { ...entry, value: MASK };
  });
}

function hasTemplate(tree: Json): boolean {
  if (typeof tree === "string") return looksLikeTemplate(tree);
  if (Array.isArray(tree)) return tree.some(hasTemplate);
  if (typeof tree !== "object" || tree === null) return false;
  return Object.entries(tree).some(([key, value]) => looksLikeTemplate(key) || hasTemplate(value));
}
