import type { Json, JsonObject } from "@noetl/core";
import type { AdmitRule, Arc, Router, Step, StepSpec, Task } from "../model.ts";
import { GROUP } from "../normalise/next.ts";
import { child, childMap, childText, define, type MapNode, mapOf, type Node, textOf } from "../read/node.ts";
import { lowerFailure, lowerLoop } from "./loop.ts";
import { lowerOutput } from "./output.ts";
import { lowerSet } from "./set.ts";
import { lowerTask } from "./task.ts";
import { boolean, condition, defined, jsonMap, type Lowering, numeric, oneOf } from "./value.ts";

/** One step from its canonical map (DSL §11). */
export function lowerStep(map: MapNode, index: number, outer: Lowering): Step {
  const name = childText(map, "step") ?? `step_${index + 1}`;
  const lowering: Lowering = { ...outer, report: outer.report.within({ step: name }) };
  const spec = childMap(map, "spec");
  const tool = child(map, "tool");
  const step = defined<Step>({
    step: name,
    desc: childText(map, "desc"),
    spec: lowerSpec(spec, lowering),
    guard: condition(map, "when", lowering),
    input: jsonMap(child(map, "input"), lowering) ?? {},
    loop: lowerLoop(child(map, "loop"), lowering),
    tasks: lowerTasks(tool, name, map, lowering),
    single: tool?.type !== "list",
    output: lowerOutput(withResults(child(map, "output"), spec), lowering),
    set: lowerSet(child(map, "set"), "step", lowering),
    next: lowerRouter(child(map, "next"), lowering),
    loc: lowering.report.lines.position(map.span.start),
  });
  lowering.trace.whole(step, map);
  lowering.trace.field(step, "guard", child(map, "when"));
  return step;
}

function lowerTasks(tool: Node | undefined, step: string, map: MapNode, lowering: Lowering): Task[] {
  const label = `${step}_task`;
  if (tool?.type === "list") {
    return tool.items.flatMap((item, index) => {
      if (item.type !== "map") return [];
      const name = childText(item, "name") ?? `task_${index + 1}`;
      return [lowerTask(item, name, { ...lowering, report: lowering.report.within({ task: name }) })];
    });
  }
  // a step without a tool does nothing
  return [lowerTask(tool?.type === "map" ? tool : mapOf([], map), label, lowering)];
}

/** `spec.policy.results` says the same as `output`, which wins. */
function withResults(output: Node | undefined, spec: MapNode | undefined): Node | undefined {
  const results = childMap(childMap(spec, "policy"), "results");
  if (results === undefined) return output;
  return output?.type === "map" ? mapOf(new Map([...results.entries, ...output.entries]), output) : results;
}

const SPEC_KEYS = new Set(["policy", "timeout_seconds", "max_iterations", "idempotent"]);

function lowerSpec(spec: MapNode | undefined, lowering: Lowering): StepSpec {
  const policy = childMap(spec, "policy");
  const lifecycle = childMap(policy, "lifecycle");
  const extra: JsonObject = {};
  for (const [key, entry] of spec?.entries ?? []) {
    if (!SPEC_KEYS.has(key)) define(extra, key, lowering.trace.json(entry.value));
  }
  const admit = child(childMap(policy, "admit"), "rules");
  return defined<StepSpec>({
    admit: admit?.type === "list" ? admit.items.flatMap((rule) => lowerAdmit(rule, lowering)) : undefined,
    timeout_seconds: numeric(child(spec, "timeout_seconds")) ?? numeric(child(lifecycle, "timeout_s")),
    deadline_s: numeric(child(lifecycle, "deadline_s")),
    failure: lowerFailure(child(policy, "failure")),
    max_iterations: numeric(child(spec, "max_iterations")),
    idempotent: boolean(child(spec, "idempotent")),
    extra,
  });
}

function lowerAdmit(node: Node, lowering: Lowering): AdmitRule[] {
  if (node.type !== "map") return [];
  const conditional = node.entries.has("when");
  const then = childMap(conditional ? node : childMap(node, "else"), "then");
  if (then === undefined) return [];
  const rule = defined<AdmitRule>({
    when: conditional ? condition(node, "when", lowering) : undefined,
    then:
      childText(then, "do") === "fail"
        ? defined<{ do: "fail"; message?: string }>({ do: "fail", message: childText(then, "message") })
        : { allow: boolean(child(then, "allow")) ?? true },
  });
  lowering.trace.field(rule, "when", child(node, "when"));
  return [rule];
}

function lowerRouter(node: Node | undefined, lowering: Lowering): Router | undefined {
  if (node?.type !== "map") return undefined;
  const spec = childMap(node, "spec");
  const arcs = child(node, "arcs");
  const router: Router = {
    mode: oneOf(childText(spec, "mode"), ["exclusive", "inclusive"] as const) ?? "exclusive",
    on_no_match: oneOf(childText(spec, "on_no_match"), ["complete", "quiet"] as const) ?? "complete",
    arcs: arcs?.type === "list" ? arcs.items.flatMap((arc) => lowerArc(arc, lowering)) : [],
  };
  lowering.trace.whole(router, node);
  return router;
}

function lowerArc(node: Node, lowering: Lowering): Arc[] {
  if (node.type !== "map") return [];
  const group = node.entries.get(GROUP)?.value;
  const targets = group?.type === "list" ? group.items : [child(node, "step")];
  const input: { [key: string]: Json } | undefined = jsonMap(child(node, "input"), lowering);
  const arc = defined<Arc>({
    targets: targets.flatMap((target) => textOf(target) ?? []),
    when: condition(node, "when", lowering),
    set: lowerSet(child(node, "set"), "arc", lowering),
    input,
  });
  if (arc.targets.length === 0) return [];
  lowering.trace.whole(arc, node);
  targets.forEach((target, index) => {
    lowering.trace.field(arc.targets, index, target);
  });
  return [arc];
}
