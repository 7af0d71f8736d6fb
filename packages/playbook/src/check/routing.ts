import type { Plan } from "../graph.ts";
import type { Playbook, Step } from "../model.ts";
import { suggestion } from "../report/suggest.ts";
import { type Checking, isAlways, stepName, whereOf } from "./context.ts";

/** Targets of arcs, arcs and steps that are never taken, fan-out that never joins (DSL §17, §18.2). */
export function checkRouting(playbook: Playbook, plan: Plan, checking: Checking): void {
  const names = playbook.workflow.map((step) => step.step);
  const known = new Set(names);
  for (const step of playbook.workflow) {
    const scoped: Checking = { ...checking, report: checking.report.within({ step: step.step }) };
    checkTargets(step, names, known, scoped);
    checkOrder(step, scoped);
    checkFanOut(step, plan, scoped);
  }
  for (const name of plan.unreachable) {
    const step = plan.steps.get(name)?.step;
    if (!step) continue;
    const message = `no arc leads here from '${plan.entry}'; it never runs`;
    checking.report.within({ step: name }).warn("W_UNREACHABLE", stepName(checking, step), message);
  }
}

function checkTargets(step: Step, names: readonly string[], known: ReadonlySet<string>, checking: Checking): void {
  for (const arc of step.next?.arcs ?? []) {
    arc.targets.forEach((target, index) => {
      if (known.has(target)) return;
      const where = whereOf(checking, arc.targets, index);
      if (target === "end") {
        checking.report.warn("W_END_IMPLICIT", where, "there is no step 'end'; the branch ends here");
      } else {
        const message = `next arc refers to unknown step '${target}'`;
        checking.report.error("E_NEXT_TARGET", where, message, suggestion(target, names));
      }
    });
  }
}

function checkOrder(step: Step, checking: Checking): void {
  const arcs = step.next?.mode === "exclusive" ? step.next.arcs : [];
  const open = arcs.findIndex((arc) => isAlways(arc.when));
  const behind = open === -1 ? undefined : arcs[open + 1];
  if (behind === undefined) return;
  const message = `an arc before it has no condition, so '${behind.targets.join("', '")}' is never chosen`;
  checking.report.warn("W_ARC_UNREACHABLE", whereOf(checking, behind), message, "put the arc without 'when' last");
}

function checkFanOut(step: Step, plan: Plan, checking: Checking): void {
  if (step.next?.mode !== "inclusive") return;
  const targets = [...new Set(step.next.arcs.flatMap((arc) => arc.targets))].filter((name) => plan.steps.has(name));
  if (targets.length < 2 || meet(targets, plan)) return;
  const message = `fan-out from '${step.step}' has no joining step`;
  checking.report.add("info", "W_FANOUT_NO_REDUCER", whereOf(checking, step.next), message);
}

/** Some step with several predecessors lies behind two of the branches. */
function meet(targets: readonly string[], plan: Plan): boolean {
  const seen = new Map<string, number>();
  for (const target of targets) {
    for (const name of [target, ...(plan.steps.get(target)?.reach ?? [])]) {
      const count = (seen.get(name) ?? 0) + 1;
      if (count > 1 && (plan.steps.get(name)?.preds.size ?? 0) > 1) return true;
      seen.set(name, count);
    }
  }
  return false;
}
