import { NoetlError } from "@noetl/core";
import { suggestion } from "@noetl/playbook";
import type { Registry } from "@noetl/tools";
import type { Loaded } from "./load.ts";

/** DSL §5, cli §6.2: what this runtime can do besides its tools. */
export const FEATURES = [
  "jinja2",
  "templating",
  "vars_v1",
  "vars_v2",
  "loop_v1",
  "loop_v2",
  "case_v1",
  "case_v2",
  "sink_v1",
  "event_sourcing",
];

/** Refuses before any step what this host cannot finish (decisions 14, 46). Everything that is missing is said at once. */
export function checkRequirements(
  loaded: Loaded,
  registry: Registry,
  options: { skipUnsupported: boolean; target?: string },
): void {
  const { playbook, plan, shown } = loaded;
  const name = playbook.metadata.name;
  if (playbook.executor.profile === "distributed") {
    throw new NoetlError("validation", "E_PROFILE", `playbook '${name}' requires the distributed runtime`, {
      hint: "run it on a server: noetl run -r distributed …, or change executor.profile",
    });
  }
  if (options.target !== undefined) requireStep(loaded, options.target);
  const { tools, features } = playbook.executor.requires;
  const missing = [
    ...tools.filter((kind) => registry.get(kind)?.available !== true).map((kind) => `tool ${kind}`),
    ...features.filter((feature) => !FEATURES.includes(feature)).map((feature) => `feature ${feature}`),
  ];
  if (missing.length > 0) {
    throw new NoetlError(
      "validation",
      "E_REQUIRES",
      `playbook '${name}' requires what this version does not have: ${missing.join(", ")}`,
    );
  }
  if (options.skipUnsupported) return;
  const unreachable = new Set(options.target === undefined ? plan.unreachable : []);
  for (const [step, planned] of plan.steps) {
    if (unreachable.has(step)) continue;
    for (const task of planned.step.tasks) {
      const known = registry.get(task.kind);
      if (known?.available === true) continue;
      const { line, column } = task.loc;
      const what = known ? `tool kind ${task.kind} is not available in this version` : `unknown tool kind ${task.kind}`;
      const plugin = known ? "" : "a plugin may bring it (noetl plugins install NAME); ";
      throw new NoetlError("validation", "E_TOOL_UNAVAILABLE", `${shown}:${line}:${column} Step '${step}': ${what}`, {
        hint: `nothing was run; ${plugin}--skip-unsupported lets such steps succeed without doing anything`,
      });
    }
  }
}

/** Code `E_TARGET_STEP` when the playbook has no such step. */
export function requireStep({ playbook, plan }: Loaded, step: string): void {
  if (plan.steps.has(step)) return;
  const steps = [...plan.steps.keys()];
  throw new NoetlError("validation", "E_TARGET_STEP", `playbook '${playbook.metadata.name}' has no step '${step}'`, {
    hint: suggestion(step, steps) ?? `its steps: ${steps.slice(0, 12).join(", ")}, …`,
  });
}
