import type { Playbook, SetEntry, Step } from "../model.ts";
import { type Checking, whereOf } from "./context.ts";

/** Lints on what `set` writes (DSL §7.2, §15.2). */
export function checkSets(playbook: Playbook, checking: Checking): void {
  const steps = new Set(playbook.workflow.map((step) => step.step));
  for (const step of playbook.workflow) {
    const report = checking.report.within({ step: step.step });
    for (const entry of setsOf(step)) {
      const [name = ""] = entry.path;
      if (entry.scope === "ctx" && steps.has(name)) {
        const message = `variable '${name}' hides the result of the step of that name`;
        report.warn("W_SHADOW_STEP", whereOf(checking, entry, "value"), message, `read the step as steps.${name}`);
      }
      if (entry.scope === "iter" && step.loop === undefined) {
        const message = `iter.${entry.path.join(".")} is written outside a loop; it lasts as long as the step`;
        report.warn("W_SET_ITER_NO_LOOP", whereOf(checking, entry, "value"), message);
      }
    }
  }
}

/** Every assignment of a step, on all levels. */
export function setsOf(step: Step): SetEntry[] {
  const tasks = step.tasks.flatMap((task) => [...task.set, ...task.rules.flatMap((rule) => rule.set)]);
  const arcs = (step.next?.arcs ?? []).flatMap((arc) => arc.set);
  return [...tasks, ...step.set, ...arcs];
}
