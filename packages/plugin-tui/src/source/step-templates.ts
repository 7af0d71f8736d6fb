import type { Json, JsonObject } from "@noetl/core";
import { type Loop, type Playbook, parsePlaybook, type Step, type ToolCatalog } from "@noetl/playbook";
import { masked, maskedTemplates } from "./mask.ts";

export interface StepTemplates {
  templates: JsonObject;
  loop?: { iterator: string; in: Json };
}

/** What a step gives to its tools, as it is written, without its secrets; undefined for a step that is not there. */
export function stepTemplates(playbook: Playbook, name: string): StepTemplates | undefined {
  const step = playbook.workflow.find((each) => each.step === name);
  if (!step) return undefined;
  const loop = loopOf(step.loop);
  return { templates: maskedTemplates(masked(templatesOf(step))) as JsonObject, ...(loop ? { loop } : {}) };
}

/** The playbook of a text that ran once; undefined when it cannot be read any more. */
export function readPlaybook(text: string | null, tools?: ToolCatalog): Playbook | undefined {
  const read = readPlaybookOr(text, tools);
  return typeof read === "string" ? undefined : read;
}

/** The same, or why it cannot be read. */
export function readPlaybookOr(text: string | null, tools?: ToolCatalog): Playbook | string {
  if (text === null) return "the text of this playbook is not there";
  const { playbook, diagnostics } = parsePlaybook(text, { host: "local", ...(tools ? { tools } : {}) });
  return playbook ?? diagnostics.find(({ severity }) => severity === "error")?.message ?? "this is no playbook";
}

function templatesOf(step: Step): JsonObject {
  const tasks = step.tasks.map((task): [string, JsonObject] => [
    task.name,
    {
      kind: task.kind,
      ...(task.config as JsonObject),
      ...(isEmpty(task.input) ? {} : { input: task.input as Json }),
    },
  ]);
  const [only] = tasks;
  return {
    ...(isEmpty(step.input) ? {} : { input: step.input as Json }),
    ...(tasks.length === 1 && only ? { tool: only[1] } : { tasks: Object.fromEntries(tasks) }),
  };
}

function isEmpty(input: unknown): boolean {
  return typeof input === "object" && input !== null && Object.keys(input).length === 0;
}

function loopOf(loop: Loop | undefined): StepTemplates["loop"] {
  return loop && "in" in loop.source ? { iterator: loop.iterator, in: loop.source.in as Json } : undefined;
}
