import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Rule, Task } from "../model.ts";
import { child, childMap, childText, define, type MapNode, type Node } from "../read/node.ts";
import type { ToolSpec } from "../tool-spec.ts";
import { lowerOutput } from "./output.ts";
import { lowerSet } from "./set.ts";
import { boolean, condition, defined, json, jsonMap, type Lowering, numeric, oneOf } from "./value.ts";

const NOT_CONFIG = new Set([
  ...["kind", "name", "desc", "input", "auth", "set", "spec", "output", "when", "assert", "retry", "iterator"],
]);
const ACTIONS = ["continue", "retry", "break", "jump", "fail"] as const;
const BACKOFFS = ["none", "fixed", "linear", "exponential"] as const;
const PREVIOUS = new Set(["previous", "prev", "_previous", "@previous"]);

/** One task from its canonical map (DSL §12). */
export function lowerTask(map: MapNode, fallbackName: string, lowering: Lowering): Task {
  const kind = (childText(map, "kind") ?? "noop").toLowerCase();
  const label = childText(map, "name");
  const spec = childMap(map, "spec");
  const policy = childMap(spec, "policy");
  const config: JsonObject = {};
  lowering.trace.whole(config, map);
  for (const [key, entry] of map.entries) {
    if (!NOT_CONFIG.has(key) && !isNullScalar(entry.value)) define(config, key, lowering.trace.json(entry.value));
  }
  const inherited = lowering.defaultPolicy;
  const rules = child(policy, "rules") ?? child(inherited, "rules");
  const assert = childMap(map, "assert");
  const task = defined<Task>({
    name: label ?? fallbackName,
    anonymous: label === undefined,
    kind,
    input: inputOf(map, config, lowering.tools.get(kind), lowering),
    config,
    auth: json(child(map, "auth"), lowering),
    guard: condition(map, "when", lowering),
    rules: rules?.type === "list" ? rules.items.flatMap((rule) => lowerRule(rule, lowering)) : [],
    onUnmatched:
      oneOf(childText(policy, "on_unmatched") ?? childText(inherited, "on_unmatched"), ["continue", "fail"] as const) ??
      "default",
    timeout: timeoutOf(spec, policy ?? inherited, lowering),
    output: lowerOutput(child(map, "output"), lowering),
    assert: assert && assertOf(assert, lowering),
    set: lowerSet(child(map, "set"), "task", lowering),
    loc: lowering.report.lines.position(map.span.start),
  });
  lowering.trace.whole(task, map);
  lowering.trace.field(task, "guard", child(map, "when"));
  return task;
}

function isNullScalar(node: Node): boolean {
  return node.type === "scalar" && node.value === null;
}

/** Null config values are kept out, but a null of an input is a value (`n: null`). */
function inputOf(map: MapNode, config: JsonObject, spec: ToolSpec | undefined, lowering: Lowering): Task["input"] {
  const node = child(map, "input");
  if (node?.type === "scalar") return typeof node.value === "string" ? node.value : {};
  const input = jsonMap(node, lowering) ?? {};
  const args = spec?.ownKeys?.includes("args") ? config.args : undefined;
  if (!isObject(args) || Array.isArray(args)) return input;
  const merged = { ...(args as JsonObject), ...input };
  const argsNode = child(map, "args");
  for (const key of Object.keys(merged)) {
    const source = node?.type === "map" && node.entries.has(key) ? node : argsNode;
    lowering.trace.field(merged, key, source?.type === "map" ? source.entries.get(key)?.value : undefined);
  }
  return merged;
}

function timeoutOf(spec: MapNode | undefined, policy: MapNode | undefined, lowering: Lowering): Json | undefined {
  const own = child(spec, "timeout_seconds") ?? child(childMap(policy, "lifecycle"), "timeout_s");
  return own?.type === "map" ? json(own, lowering) : numeric(own);
}

function assertOf(map: MapNode, lowering: Lowering): Task["assert"] {
  const key = map.entries.has("when") ? "when" : "expr";
  const when = condition(map, key, lowering);
  if (when === undefined) return undefined;
  const assert = defined<NonNullable<Task["assert"]>>({ when, message: childText(map, "message") });
  lowering.trace.field(assert, "when", child(map, key));
  lowering.trace.field(assert, "message", child(map, "message"));
  return assert;
}

function lowerRule(node: Node, lowering: Lowering): Rule[] {
  if (node.type !== "map") return [];
  const otherwise = childMap(node, "else");
  const conditional = node.entries.has("when");
  const then = childMap(conditional ? node : otherwise, "then");
  if (then === undefined) return [];
  const to = childText(then, "to");
  const rule = defined<Rule>({
    when: conditional ? condition(node, "when", lowering) : undefined,
    do: oneOf(childText(then, "do"), ACTIONS) ?? "continue",
    attempts: numeric(child(then, "attempts")),
    delay: numeric(child(then, "delay")),
    backoff: oneOf(childText(then, "backoff"), BACKOFFS),
    max_delay: numeric(child(then, "max_delay")),
    jitter: boolean(child(then, "jitter")),
    to: to !== undefined && PREVIOUS.has(to) ? "previous" : to,
    message: childText(then, "message"),
    set: lowerSet(child(then, "set"), "rule", lowering),
  });
  lowering.trace.whole(rule, then);
  lowering.trace.field(rule, "when", child(node, "when"));
  return [rule];
}
