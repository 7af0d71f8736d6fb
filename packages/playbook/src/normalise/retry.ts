import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { isTemplateText, listOf, type MapNode, mapOf, type Node, toJson, type Where } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import { type Draft, draftOf, hoistInto, nodeOf, type Rewriting } from "./draft.ts";

const ANY_ERROR = "output.status == 'error'";

/** The rules that a legacy `retry` stands for, the last one failing what was not retried (DSL §25.5). */
export function retryRules(retry: Node, report: Report): Node[] | undefined {
  const rules = forms(toJson(retry), retry, report);
  if (rules === undefined || rules.length === 0) return undefined;
  return [...rules, { when: wrapped(ANY_ERROR), then: { do: "fail" } }].map((rule) => nodeOf(rule, retry));
}

/** Appends the rules of `retry` behind the task's own. Calls that nobody waits for are never repeated. */
export function addRetry(task: MapNode, retry: Node, where: Where, { report }: Rewriting): MapNode {
  if (fireAndForget(task)) {
    report.legacy(where, "retry", "nothing: a playbook that is not waited for is not started twice");
    return task;
  }
  const added = retryRules(retry, report);
  if (added === undefined) return task;
  report.legacy(where, "retry", "'spec.policy.rules'");
  const draft = draftOf(task);
  const spec = draft.get("spec")?.value;
  const policy = spec?.type === "map" ? spec.entries.get("policy")?.value : undefined;
  const rules = policy?.type === "map" ? policy.entries.get("rules")?.value : undefined;
  const all = listOf([...(rules?.type === "list" ? rules.items : []), ...added], rules ?? retry);
  const policyDraft: Draft = new Map(policy?.type === "map" ? policy.entries : []);
  policyDraft.set("rules", { key: where.span, value: all });
  const specDraft: Draft = new Map(spec?.type === "map" ? spec.entries : []);
  specDraft.delete("policy");
  draft.set("spec", { key: where.span, value: mapOf(specDraft, spec ?? retry) });
  hoistInto(draft, "spec", "policy", { key: where.span, value: mapOf(policyDraft, policy ?? retry) }, retry);
  return mapOf(draft, task);
}

function fireAndForget(task: MapNode): boolean {
  const kind = task.entries.get("kind")?.value;
  if (kind?.type !== "scalar" || kind.value !== "playbook") return false;
  const waits = ["return_step", "return_result", "result_step", "wait"].some((key) => {
    const value = task.entries.get(key)?.value;
    return value !== undefined && !(value.type === "scalar" && (value.value === null || value.value === false));
  });
  return !waits;
}

function forms(retry: Json, where: Where, report: Report): JsonObject[] | undefined {
  if (retry === null || retry === false || retry === 0) return undefined;
  if (retry === true) return [rule(ANY_ERROR, { attempts: 3 })];
  if (typeof retry === "number" || isTemplateText(retry)) return [rule(ANY_ERROR, { attempts: retry })];
  if (Array.isArray(retry)) return list(retry, where, report);
  if (isObject(retry)) return [rule(condition(retry), then(retry))];
  report.error("E_RULE_SHAPE", where, "'retry' must be true, a number, a map or a list of {when, then}");
  return undefined;
}

function list(items: Json[], where: Where, report: Report): JsonObject[] {
  return items.flatMap((item): JsonObject[] => {
    const action = isObject(item) ? item.then : undefined;
    if (!isObject(item) || !isObject(action)) {
      report.error("E_RULE_SHAPE", where, "an item of 'retry' must be {when: …, then: {…}}");
      return [];
    }
    if ("collect" in action || "next_call" in action) {
      report.error(
        "E_LEGACY_RETRY_COLLECT",
        where,
        "'retry' with 'collect' or 'next_call' is not part of the current language; use a cycle",
        "let the step route back to itself and keep the page in 'ctx'",
      );
      return [];
    }
    const made = then(action as JsonObject);
    const when = item.when ?? null;
    return [when === null ? rule(ANY_ERROR, made) : { when: when as Json, then: made }];
  });
}

function rule(when: string, action: JsonObject): JsonObject {
  return { when: wrapped(when), then: { do: "retry", ...action } };
}

function wrapped(expression: string): string {
  return `{{ ${expression} }}`;
}

const EVERY = new Set(["all", "any", "error", "*"]);

function condition(retry: { [key: string]: unknown }): string {
  const kinds = words(retry.retry_on).filter((kind) => !EVERY.has(kind));
  const statuses = (Array.isArray(retry.retry_on_status) ? retry.retry_on_status : [retry.retry_on_status]).filter(
    (status) => typeof status === "number",
  );
  const tests: string[] = [];
  if (kinds.length > 0) tests.push(`output.error.kind in [${kinds.map((kind) => `'${kind}'`).join(", ")}]`);
  if (statuses.length > 0) tests.push(`output.http.status in [${statuses.join(", ")}]`);
  if (tests.length === 0) return ANY_ERROR;
  return `${ANY_ERROR} and ${tests.length === 1 ? tests[0] : `(${tests.join(" or ")})`}`;
}

function words(value: unknown): string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.filter((word): word is string => typeof word === "string" && /^[\w*]+$/.test(word));
}

function then(retry: { [key: string]: unknown }): JsonObject {
  const made: JsonObject = { do: "retry", attempts: attempts(retry) };
  const delay =
    first(retry, ["backoff_seconds", "delay", "delay_seconds", "initial_delay", "initial_delay_seconds"]) ??
    milliseconds(first(retry, ["initial_delay_ms", "delay_ms", "backoff_ms"])) ??
    milliseconds(typeof retry.backoff === "number" ? retry.backoff : undefined);
  if (delay !== undefined) made.delay = delay;
  const multiplier = first(retry, ["backoff_multiplier", "multiplier"]);
  if (typeof retry.backoff === "string") made.backoff = retry.backoff === "constant" ? "fixed" : retry.backoff;
  else if (typeof multiplier === "number" && multiplier > 1) made.backoff = "exponential";
  const cap =
    first(retry, ["max_delay", "max_delay_seconds"]) ?? milliseconds(first(retry, ["max_delay_ms", "max_backoff_ms"]));
  if (cap !== undefined) made.max_delay = cap;
  if (typeof retry.jitter === "boolean") made.jitter = retry.jitter;
  return made;
}

function attempts(retry: { [key: string]: unknown }): Json {
  const total = first(retry, ["max_attempts", "attempts"]);
  if (total !== undefined) return total;
  const retries = first(retry, ["max_retries"]);
  if (typeof retries === "number") return retries + 1;
  const inner = typeof retries === "string" ? /^\s*\{\{(.*)\}\}\s*$/s.exec(retries)?.[1] : undefined;
  return inner === undefined ? 3 : `{{ (${inner.trim()} | int) + 1 }}`;
}

function first(retry: { [key: string]: unknown }, keys: readonly string[]): number | string | undefined {
  for (const key of keys) {
    const value = retry[key];
    if (typeof value === "number" || typeof value === "string") return value;
  }
  return undefined;
}

function milliseconds(value: number | string | undefined): number | undefined {
  return typeof value === "number" ? value / 1000 : undefined;
}
