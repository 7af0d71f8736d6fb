import type { Playbook } from "../model.ts";
import { isTemplateText } from "../read/node.ts";
import { type Checking, whereOf } from "./context.ts";

/** Playbooks called by a literal path are looked at as well (decisions 41, 54). */
export function checkChildren(playbook: Playbook, checking: Checking): void {
  if (checking.child === undefined) return;
  for (const step of playbook.workflow) {
    for (const task of step.tasks) {
      const { path } = task.config;
      if (task.kind !== "playbook" || typeof path !== "string" || isTemplateText(path)) continue;
      const errors = checking.child(path)?.filter((finding) => finding.severity === "error") ?? [];
      const [first] = errors;
      if (first === undefined) continue;
      const message = `playbook '${path}' is invalid: line ${first.line}: ${first.message}`;
      const more = errors.length > 1 ? `${errors.length} errors in it` : undefined;
      checking.report
        .within({ step: step.step })
        .warn("W_CHILD_INVALID", whereOf(checking, task.config, "path"), message, more);
    }
  }
}
