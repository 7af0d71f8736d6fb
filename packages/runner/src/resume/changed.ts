import { isDeepStrictEqual } from "node:util";
import type { Plan, Step } from "@noetl/playbook";

/** What makes a step another step: its work, not its description, assignments or routing, which are evaluated again anyway. */
export function sameWork(one: Step, other: Step): boolean {
  return isDeepStrictEqual(work(one), work(other));
}

function work(step: Step): unknown {
  const { set: _set, next: _next, ...rest } = bare(step);
  return rest;
}

/** Neither description nor place say what a step does. */
function bare(step: Step) {
  const { desc: _desc, loc: _loc, tasks, ...rest } = step;
  return { ...rest, tasks: tasks.map(({ loc: _taskLoc, ...task }) => task) };
}

/** Steps that are not what they were. `undefined` when more has changed: the graph, or what all steps have in common. */
export function changedSteps(before: Plan, now: Plan): ReadonlySet<string> | undefined {
  const changed = new Set<string>();
  if (before === now) return changed;
  const { workflow } = now.playbook;
  if (!isDeepStrictEqual(common(before), common(now)) || before.playbook.workflow.length !== workflow.length)
    return undefined;
  for (const [at, old] of before.playbook.workflow.entries()) {
    const step = workflow[at];
    if (step?.step !== old.step || !isDeepStrictEqual(step.next, old.next)) return undefined;
    if (!isDeepStrictEqual(bare(step), bare(old))) changed.add(step.step);
  }
  return changed;
}

/** Workload and variables are in the first event of a run, as they were rendered. */
function common({ playbook: { executor, keychain, spec } }: Plan): unknown {
  return { executor, keychain, spec };
}
