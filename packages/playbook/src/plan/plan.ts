import type { Plan, PlannedStep } from "../graph.ts";
import { knownKinds } from "../kinds/known.ts";
import type { Playbook } from "../model.ts";
import { knownRoots } from "../sites/names.ts";
import type { ToolCatalog } from "../tool-spec.ts";
import { reachOver } from "./reach.ts";
import { rootsOf } from "./roots.ts";
import { entryOf, walk } from "./walk.ts";

/**
 * The static facts of a workflow (DSL §18.2), linear in steps and arcs; `reach` and `roots` are made when first asked
 * for. `tools` tells how config fields are rendered, which `roots` depends on.
 */
export function planOf(playbook: Playbook, tools: ToolCatalog = knownKinds): Plan {
  const entry = entryOf(playbook);
  const { names, index, forward, back, order, reached } = walk(playbook, entry);
  const reach = reachOver(names, forward, order);
  const preds = names.map(() => new Set<string>());
  forward.forEach((targets, from) => {
    for (const to of targets) preds[to]?.add(names[from] ?? "");
  });
  let known: ((name: string) => boolean) | undefined;
  const steps = new Map<string, PlannedStep>();
  playbook.workflow.forEach((step, at) => {
    if (index.get(step.step) !== at) return; // a duplicate; refused by validation
    let roots: ReadonlySet<string> | undefined;
    steps.set(step.step, {
      step,
      preds: preds[at] ?? new Set(),
      backEdges: new Set([...(back[at] ?? [])].map((to) => names[to] ?? "")),
      get reach() {
        return reach.of(at);
      },
      get roots() {
        known ??= knownRoots(playbook);
        roots ??= rootsOf(step, tools, known);
        return roots;
      },
    });
  });
  const wanted = playbook.executor.spec.final_step;
  const finalStep = wanted !== undefined && index.has(wanted) ? wanted : undefined;
  return {
    playbook,
    steps,
    entry,
    finalStep,
    unreachable: names.filter((name, at) => !reached.has(at) && index.get(name) === at && name !== finalStep),
    implicitEnd: !index.has("end") && playbook.workflow.some((step) => endsImplicitly(step.next)),
  };
}

function endsImplicitly(next: Playbook["workflow"][number]["next"]): boolean {
  return next?.arcs.some((arc) => arc.targets.includes("end")) ?? false;
}
