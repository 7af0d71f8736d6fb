import type { Diagnostic } from "../diagnostic.ts";
import type { Trace } from "../lower/trace.ts";
import type { Step } from "../model.ts";
import type { Host } from "../normalise/draft.ts";
import type { Where } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import type { ToolCatalog } from "../tool-spec.ts";

/** What every check is given. */
export interface Checking {
  readonly trace: Trace;
  readonly report: Report;
  readonly tools: ToolCatalog;
  /** only when the caller said which */
  readonly host?: Host | undefined;
  /** findings of the playbook at a literal path; `undefined` when there is none to look at */
  readonly child?: (path: string) => Diagnostic[] | undefined;
}

export const START: Where = { span: { start: 0, end: 0 }, place: undefined };

/** Where a model object, or one of its fields, was written. */
export function whereOf(checking: Checking, holder: object, key?: string | number): Where {
  const field = key === undefined ? undefined : checking.trace.at(holder, key);
  return field ?? checking.trace.of(holder) ?? START;
}

/** The name of a step, where it stands. */
export function stepName(checking: Checking, step: Step): Where {
  return whereOf(checking, step, "step");
}

/** A condition that always holds. */
export function isAlways(when: unknown): boolean {
  return when === undefined || when === null || when === true || (typeof when === "string" && when.trim() === "");
}
