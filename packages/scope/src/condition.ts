import { looksLikeTemplate, type Names, type RenderOptions, TOLERANT, toText, truthy } from "@noetl/template";
import type { Condition, TemplateCache } from "./api.ts";
import { evaluateTextCondition } from "./text-condition.ts";
import { DataAlias } from "./view/alias.ts";
import { StepView } from "./view/step.ts";

const FALSE: ReadonlySet<string> = new Set(["", "false", "0", "no", "none", "null", "off", "undefined", "[]", "{}"]);

/**
 * `when` (DSL §8.10): nothing is true, a list holds as a whole, a string is a template or a bare expression. Throws
 * TemplateError when it cannot be evaluated, NeedBody when a stored result must be fetched first.
 */
export function evaluateCondition(
  templates: TemplateCache,
  cond: Condition,
  names: Names,
  options: RenderOptions = {},
): boolean {
  if (cond === null || cond === undefined) return true;
  if (Array.isArray(cond)) return cond.every((each) => evaluateCondition(templates, each, names, options));
  if (typeof cond !== "string") return conditionHolds(cond);
  if (cond.trim() === "") return true;
  if (!looksLikeTemplate(cond)) return conditionHolds(templates.expression(cond).evaluate(names, options));
  const template = templates.compile(cond);
  if (template.whole) return conditionHolds(template.evaluate(names, options));
  return conditionHolds(evaluateTextCondition(templates, cond, names, options));
}

/** The table of DSL §8.10 on an evaluated value. */
export function conditionHolds(value: unknown): boolean {
  const text = typeof value === "string" ? value : typeof value === "object" ? textOf(value) : undefined;
  return text === undefined ? truthy(value) : !FALSE.has(text.trim().toLowerCase());
}

/** Results that are texts and tolerant texts are judged as texts. */
function textOf(value: object | null): string | undefined {
  if (value instanceof StepView || value instanceof DataAlias) return value.shortText();
  return value !== null && TOLERANT in value ? toText(value) : undefined;
}
