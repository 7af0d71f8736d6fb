import { keyOf, listOf, type MapNode, mapOf, type Node, scalarOf } from "../read/node.ts";
import { type Draft, draftOf, isNull, put, type Rewriting, take } from "./draft.ts";

/** `policy` as a list, the forms of a default rule, `backoff: constant` (DSL §13.2, §25.1). */
export function rewritePolicy(policy: Node, rewriting: Rewriting): Node {
  const { report } = rewriting;
  if (policy.type === "list") {
    report.legacy(policy, "policy: [ … ]", "'policy: {rules: [ … ]}'");
    return mapOf(
      [
        [
          "rules",
          listOf(
            policy.items.map((rule) => rewriteRule(rule, rewriting)),
            policy,
          ),
        ],
      ],
      policy,
    );
  }
  if (policy.type !== "map") return policy;
  const draft = draftOf(policy);
  const rules = draft.get("rules")?.value;
  if (rules?.type === "list") {
    put(
      draft,
      "rules",
      listOf(
        rules.items.map((rule) => rewriteRule(rule, rewriting)),
        rules,
      ),
    );
  }
  return mapOf(draft, policy);
}

function rewriteRule(rule: Node, rewriting: Rewriting): Node {
  if (rule.type !== "map") return rule;
  const { report } = rewriting;
  const draft = draftOf(rule);
  for (const key of ["eval", "expr"]) {
    if (!draft.has(key)) continue;
    report.error("E_LEGACY_EVAL", keyOf(rule, key), `'${key}' is not part of the current language; use 'when'`);
    draft.delete(key);
  }
  if (draft.has("when")) {
    const then = draft.get("then")?.value;
    if (then) put(draft, "then", rewriteThen(then, rewriting));
  } else {
    rewriteDefault(draft, rule, rewriting);
  }
  return mapOf(draft, rule);
}

/** `{else: null, then}`, `{then}` and `{else: {do}}` all become `{else: {then}}`. */
function rewriteDefault(draft: Draft, rule: MapNode, rewriting: Rewriting): void {
  const { report } = rewriting;
  const otherwise = draft.get("else");
  if (otherwise === undefined || isNull(otherwise.value)) {
    if (!draft.has("then")) return;
    const old = otherwise === undefined ? "{then: …}" : "{else: null, then: …}";
    report.legacy(keyOf(rule, otherwise === undefined ? "then" : "else"), old, "'else: {then: …}'");
    draft.delete("else");
    const then = take(draft, "then");
    if (then) put(draft, "else", mapOf([["then", rewriteThen(then.value, rewriting)]], then.value));
    return;
  }
  if (otherwise.value.type !== "map") return;
  const inner = draftOf(otherwise.value);
  const then = inner.get("then")?.value;
  if (then !== undefined) {
    put(inner, "then", rewriteThen(then, rewriting));
    put(draft, "else", mapOf(inner, otherwise.value));
  } else if (inner.has("do") || inner.has("set")) {
    report.legacy(keyOf(rule, "else"), "else: {do: …}", "'else: {then: {do: …}}'");
    put(draft, "else", mapOf([["then", rewriteThen(otherwise.value, rewriting)]], otherwise.value));
  }
}

function rewriteThen(then: Node, { report }: Rewriting): Node {
  if (then.type !== "map") return then;
  const backoff = then.entries.get("backoff")?.value;
  if (backoff?.type !== "scalar" || backoff.value !== "constant") return then;
  report.legacy(backoff, "backoff: constant", "'backoff: fixed'");
  const draft = draftOf(then);
  put(draft, "backoff", scalarOf("fixed", backoff));
  return mapOf(draft, then);
}
