import type { Step } from "../model.ts";
import { nearest } from "../report/suggest.ts";
import type { Role } from "../sites/sites.ts";
import type { Names } from "./names.ts";
import type { CheckedSite } from "./templates.ts";

/** Sites where `result` is the outcome under inspection (DSL §7.5). */
const OUTCOME: ReadonlySet<Role> = new Set(["rule", "rule-set", "task-set", "step-set", "arc", "arc-set", "arc-input"]);

/** Names that nothing defines, and bare `result` or `prev` that stand for the step before (DSL §8.11, decision 27). */
export function checkReferences(site: CheckedSite, step: Step | undefined, names: Names): void {
  const { template, report } = site;
  const told = new Set<string>();
  for (const path of template.refs) {
    const [root = "", second] = path;
    const shown = root === "steps" || root === "ctx" ? `${root}.${second ?? ""}` : root;
    if (told.has(shown)) continue;
    told.add(shown);
    if ((root === "result" && !OUTCOME.has(site.role)) || root === "prev") {
      if (isLocal(root, site, step) || names.all.has(root)) continue;
      const message = `'${root}' is the result of whichever step led here`;
      report.warn("W_BARE_RESULT", site.where(placeOf(site.text, root)), message, "name the step instead");
      continue;
    }
    const unknown = unknownName(root, second, site, step, names);
    if (unknown === undefined) continue;
    const near = nearest(unknown, names.all);
    const hint = near === undefined ? undefined : `did you mean '${near}'?`;
    const message = `template reads '${shown}', which nothing defines`;
    report.warn("W_REF_UNKNOWN_STEP", site.where(placeOf(site.text, unknown)), message, hint);
  }
}

function unknownName(
  root: string,
  second: string | undefined,
  site: CheckedSite,
  step: Step | undefined,
  names: Names,
): string | undefined {
  if (root === "steps") return second === undefined || names.steps.has(second) ? undefined : second;
  if (root === "ctx") {
    const fine = second === undefined || names.has(second) || /^\d+$/.test(second);
    return fine ? undefined : second;
  }
  return names.has(root) || isLocal(root, site, step) ? undefined : root;
}

/** Labels, inputs and pipeline locals are known inside their step only. */
function isLocal(name: string, site: CheckedSite, step: Step | undefined): boolean {
  if (step === undefined) return false;
  if (Object.hasOwn(step.input, name) || step.tasks.some((task) => task.name === name)) return true;
  const input = site.task?.input;
  // an input that is one template may hold anything
  return typeof input === "string" || (input !== undefined && Object.hasOwn(input, name));
}

/** Where a name first stands in a text, as a name of its own. */
function placeOf(text: string, name: string): { line: number; column: number } {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const at = text.search(new RegExp(`(?<![\\w'"])${escaped}(?!\\w)`));
  const before = text.slice(0, Math.max(0, at));
  const line = before.split("\n").length;
  return { line, column: before.length - (before.lastIndexOf("\n") + 1) + 1 };
}
