import { isObject } from "@noetl/core";
import type { Cond } from "@noetl/playbook";
import type { TemplateCache } from "@noetl/scope";
import { looksLikeTemplate } from "@noetl/template";

/** Static facts about an arc, found once. */
export interface ArcFacts {
  /** its condition looks at the outcome, so it may handle a failure (DSL §17.4) */
  handlesFailure: boolean;
}

const OUTCOME = new Set(["output", "outcome", "result", "response"]);
const ASPECTS = new Set(["status", "status_code", "error", "http", "pg", "py"]);

export function arcFacts(templates: TemplateCache, step: string, when: Cond | undefined): ArcFacts {
  return { handlesFailure: pathsOf(templates, when).some((path) => looksAtOutcome(path, step)) };
}

function looksAtOutcome(path: readonly string[], step: string): boolean {
  const [root, ...rest] = path;
  if (root === undefined) return false;
  if (root === "event" || root === "error") return true;
  if (root === "steps" && rest[0] === step) return isAspect(rest.slice(1));
  return (OUTCOME.has(root) || root === step) && isAspect(rest);
}

function isAspect(segments: readonly string[]): boolean {
  return segments.slice(0, 2).some((segment) => ASPECTS.has(segment));
}

function pathsOf(templates: TemplateCache, when: Cond | undefined): readonly (readonly string[])[] {
  if (Array.isArray(when)) return when.flatMap((each) => pathsOf(templates, each));
  if (typeof when !== "string" || when.trim() === "") return [];
  const read = looksLikeTemplate(when)
    ? [() => templates.compile(when).refs, ...embedded(when).map((text) => () => templates.expression(text).refs)]
    : [() => templates.expression(when).refs];
  return read.flatMap((refs) => {
    try {
      return refs();
    } catch (error) {
      // What does not compile is reported when the condition is evaluated.
      if (isObject(error) && typeof error.code === "string" && error.code.startsWith("E_TPL")) return [];
      throw error;
    }
  });
}

/** Legacy mixed conditions, `{{ a }} == 'x' and output.status`: the text around the spans is an expression too. */
function embedded(when: string): string[] {
  const rest = when.replace(/\{\{.*?\}\}/gs, " 0 ").trim();
  return rest === "0" ? [] : [rest];
}
