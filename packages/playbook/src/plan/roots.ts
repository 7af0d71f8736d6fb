import { isNoetlError } from "@noetl/core";
import type { RefPath, Template } from "@noetl/template";
import type { Step } from "../model.ts";
import { compileSite } from "../sites/compile.ts";
import { type Site, stepSites } from "../sites/sites.ts";
import type { ToolCatalog } from "../tool-spec.ts";

/** Roots that stand for everything when no name follows them. */
const WHOLE = new Set(["ctx", "steps"]);

/**
 * Names that the worker side of a step reads (DSL §8.11): what its context must hold. `*` = everything. `ctx.x` and
 * `steps.x` may be a step or a workload key called `x` (DSL §7.2), so `x` is there too.
 */
export function rootsOf(step: Step, tools: ToolCatalog, isKnownRoot: (name: string) => boolean): ReadonlySet<string> {
  const roots = new Set<string>();
  for (const site of stepSites(step, tools)) {
    if (site.side !== "worker") continue;
    for (const path of refsOf(site, isKnownRoot)) add(roots, path);
  }
  for (const task of step.tasks) {
    for (const name of pythonContext(task.kind, task.config)) roots.add(name);
    // without `data` it writes the latest result, whichever that is
    if (task.kind === "sink" && task.config.data === undefined) roots.add("*");
  }
  return roots;
}

function refsOf(site: Site, isKnownRoot: (name: string) => boolean): readonly RefPath[] {
  let template: Template | undefined;
  try {
    template = compileSite(site, isKnownRoot);
  } catch (error) {
    // it will fail in the same way when it is rendered, and is told there
    if (!isNoetlError(error)) throw error;
  }
  return template?.refs ?? [];
}

function add(roots: Set<string>, path: RefPath): void {
  const [root, second] = path;
  if (root === undefined) return;
  roots.add(root);
  if (!WHOLE.has(root)) return;
  roots.add(second ?? "*");
}

const KEYED = /\bcontext\s*(?:\.\s*get\s*\(\s*|\[\s*)(["'])([^"'\n]*)\1/g;

/** Python code that mentions `context` gets a map of what it names, or of everything (DSL §7.6). */
export function pythonContext(kind: string, config: { readonly [key: string]: unknown }): string[] {
  if (kind !== "python") return [];
  const script = config.script;
  const source = typeof script === "object" && script !== null && "source" in script ? script.source : undefined;
  const inline = typeof source === "object" && source !== null && "code" in source ? source.code : undefined;
  const code = typeof config.code === "string" ? config.code : typeof inline === "string" ? inline : "";
  // code that is not here cannot be looked at
  if (code === "" && (script !== undefined || config.code_b64 !== undefined)) return ["*"];
  const mentions = code.match(/\bcontext\b/g)?.length ?? 0;
  if (mentions === 0) return [];
  const keys = [...code.matchAll(KEYED)].map((match) => match[2] ?? "");
  return keys.length === mentions ? keys : ["*"];
}
