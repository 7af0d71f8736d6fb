import type { MapNode, Node } from "../read/node.ts";
import { setShape } from "./common.ts";
import { any, cond, flag, keys, list, number, type Shape, text, type Validation, word } from "./shape.ts";
import { isCondition } from "./validate.ts";

const thenShape = keys(
  "what to do",
  {
    do: word(["continue", "retry", "break", "jump", "fail"], "the action", { code: "E_RULE_DO" }),
    attempts: number("executions in all, the first included; 3 by default", {
      min: 1,
      integer: true,
      code: "E_RULE_ATTEMPTS",
    }),
    delay: number("seconds before the next attempt", { min: 0, code: "E_RULE_DELAY" }),
    backoff: word(["none", "fixed", "linear", "exponential"], "how the delay grows", {
      code: "E_RULE_BACKOFF",
      legacy: [{ enum: ["constant"] }],
    }),
    max_delay: number("longest delay in seconds; 60 by default", { min: 0, code: "E_RULE_DELAY" }),
    jitter: flag("add up to 25 % to each delay"),
    to: text("label of the task to jump to, or `previous`", { code: "E_RULE_JUMP" }),
    message: text("message of `fail`"),
    set: setShape,
  },
  { code: "E_RULE_SHAPE", id: "then" },
);

/** DSL §13.2 */
export const ruleShape: Shape = {
  type: "custom",
  id: "rule",
  description: "{when, then}, or {else: {then}} as the last one",
  check(node, validation) {
    const { report } = validation;
    if (node.type !== "map") {
      report.error("E_RULE_SHAPE", node, "a rule must be {when: …, then: {…}} or {else: {then: {…}}}");
      return;
    }
    const when = node.entries.get("when");
    if (when !== undefined) {
      if (!isCondition(when.value)) report.error("E_RULE_WHEN", when.value, "'when' must be a condition");
      checkThen(node, node.entries.get("then")?.value, validation);
      return;
    }
    const otherwise = node.entries.get("else")?.value;
    if (otherwise?.type !== "map") {
      report.error("E_RULE_SHAPE", node, "a rule needs 'when' and 'then', or 'else: {then: {…}}'");
      return;
    }
    checkThen(otherwise, otherwise.entries.get("then")?.value, validation);
  },
  schema(making) {
    const any = making.make(thenShape);
    const then = making.strict ? { allOf: [any, { required: ["do"] }] } : any;
    const when = making.make(cond("condition"));
    const otherwise = { type: "object", properties: { then }, required: ["then"] };
    const strict = [
      { type: "object", properties: { when, then }, required: ["when", "then"] },
      { type: "object", properties: { else: otherwise }, required: ["else"] },
    ];
    if (making.strict) return { anyOf: strict };
    const old = [
      { type: "object", properties: { else: then }, required: ["else"] },
      { type: "object", properties: { then, else: {} }, required: ["then"] },
    ];
    return { anyOf: [...strict, ...old] };
  },
};

function checkThen(rule: MapNode, then: Node | undefined, validation: Validation): void {
  const { report } = validation;
  if (then?.type !== "map") {
    report.error("E_RULE_SHAPE", then ?? rule, "a rule needs 'then: {do: …}'");
    return;
  }
  const action = then.entries.get("do")?.value;
  if (action === undefined || (action.type === "scalar" && action.value === null)) {
    const message = "'then' has no 'do'";
    if (report.profile === "strict") report.error("E_RULE_DO", then, message, "write 'do: continue'");
    else report.warn("W_RULE_DO", then, `${message}, 'continue' is assumed`, "write 'do: continue'");
  }
  validation.validate(then, thenShape, "then");
}

/** `spec.policy` of a tool. */
export const policyShape: Shape = keys(
  "what happens after each attempt",
  {
    rules: list(ruleShape, "the first rule that matches decides", {
      min: 1,
      code: "E_POLICY_RULES",
      minMessage: "spec.policy.rules must have at least one rule",
      scope: (_item, index) => ({ rule: index + 1 }),
    }),
    mode: word(["exclusive"], "exclusive"),
    on_unmatched: word(["continue", "fail"], "what happens when no rule matches", { code: "E_POLICY_RULES" }),
    before: any("accepted, not used"),
    after: any("accepted, not used"),
    finally: any("accepted, not used"),
    lifecycle: keys("limits of the call", { timeout_s: number("seconds", { min: 0, code: "E_TIMEOUT_VALUE" }) }),
  },
  { id: "policy", code: "E_POLICY_RULES", required: { rules: "E_POLICY_RULES" }, legacy: [{ type: "array" }] },
);

/** `spec.policy.admit` of a step (DSL §11.3). */
export const admitShape: Shape = keys(
  "may the step run?",
  {
    mode: word(["exclusive"], "exclusive"),
    rules: list(
      {
        type: "custom",
        check: checkAdmitRule,
        schema: () => ({ type: "object", properties: { when: {}, then: ADMIT_THEN, else: {} } }),
      },
      "the first rule that matches decides; none: admitted",
      { code: "E_ADMIT_RULES" },
    ),
  },
  { code: "E_ADMIT_RULES", id: "admit" },
);

const ADMIT_THEN = {
  type: "object",
  properties: { allow: { type: "boolean" }, do: { enum: ["fail"] }, message: { type: "string" } },
};

function checkAdmitRule(node: Node, { report }: Validation): void {
  const map = node.type === "map" ? node : undefined;
  const otherwise = map?.entries.get("else")?.value;
  const when = map?.entries.get("when")?.value;
  const then = when === undefined && otherwise?.type === "map" ? otherwise.entries.get("then")?.value : undefined;
  const action = when === undefined ? then : map?.entries.get("then")?.value;
  if (map === undefined || action === undefined || (when !== undefined && !isCondition(when))) {
    report.error("E_ADMIT_RULE", node, "an admit rule needs 'when' and 'then', or 'else: {then: {…}}'");
    return;
  }
  const allow = action.type === "map" ? action.entries.get("allow")?.value : undefined;
  const fail = action.type === "map" ? action.entries.get("do")?.value : undefined;
  const allows = allow?.type === "scalar" && typeof allow.value === "boolean";
  const fails = fail?.type === "scalar" && fail.value === "fail";
  if (!allows && !fails) report.error("E_ADMIT_THEN", action, "'then' needs 'allow: true|false' or 'do: fail'");
}
