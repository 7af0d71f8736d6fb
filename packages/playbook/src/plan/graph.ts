import type { Plan } from "../graph.ts";
import type { Cond, Playbook } from "../model.ts";
import { planOf } from "./plan.ts";

/** What is drawn of a workflow. */
export interface PlaybookGraph {
  name: string;
  entry: string;
  finalStep?: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface GraphNode {
  step: string;
  desc?: string;
  /** tool kinds of its tasks, in order */
  kinds: string[];
  loop?: string;
  guarded: boolean;
  /** several forward arcs meet here */
  join: boolean;
  /** no arc leads here; the final step is not unreachable */
  unreachable: boolean;
  /** a target `end` that is no step: the branch ends */
  implicit?: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** the condition as one line of text, without braces around it */
  when?: string;
  /** in an exclusive router: taken when no arc before it was */
  otherwise?: boolean;
  mode: "exclusive" | "inclusive";
  /** leads back to a step that led here */
  back: boolean;
}

export function graphOf(playbook: Playbook, plan: Plan = planOf(playbook)): PlaybookGraph {
  const unreachable = new Set(plan.unreachable);
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const { step, preds, backEdges } of plan.steps.values()) {
    nodes.push({
      step: step.step,
      ...(step.desc === undefined ? {} : { desc: step.desc }),
      kinds: step.tasks.map((task) => task.kind),
      ...(step.loop === undefined ? {} : { loop: `${step.loop.iterator}, ${step.loop.mode}` }),
      guarded: step.guard !== undefined || (step.spec.admit?.length ?? 0) > 0,
      join: preds.size > 1,
      unreachable: unreachable.has(step.step),
    });
    const mode = step.next?.mode ?? "exclusive";
    let conditional = false;
    for (const arc of step.next?.arcs ?? []) {
      const when = conditionText(arc.when);
      for (const to of arc.targets) {
        if (!plan.steps.has(to) && to !== "end") continue;
        edges.push({
          from: step.step,
          to,
          ...(when === undefined ? {} : { when }),
          ...(when === undefined && conditional && mode === "exclusive" ? { otherwise: true } : {}),
          mode,
          back: backEdges.has(to),
        });
      }
      conditional ||= when !== undefined;
    }
  }
  if (plan.implicitEnd) {
    const end: GraphNode = { step: "end", kinds: [], guarded: false, join: false, unreachable: false, implicit: true };
    nodes.push(end);
  }
  return {
    name: playbook.metadata.name,
    entry: plan.entry,
    ...(plan.finalStep === undefined ? {} : { finalStep: plan.finalStep }),
    nodes,
    edges,
  };
}

/** `{{ a == 1 }}` → `a == 1`; `undefined` when it always holds. */
export function conditionText(when: Cond | undefined): string | undefined {
  if (when === undefined || when === null || when === true || when === "") return undefined;
  if (Array.isArray(when)) {
    const parts = when.map(conditionText).filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.join(" and ");
  }
  if (when === false) return "never";
  const inner = /^\s*\{\{-?([^{}]*)-?\}\}\s*$/s.exec(when)?.[1] ?? when;
  return inner.trim().replaceAll(/\s+/g, " ");
}
