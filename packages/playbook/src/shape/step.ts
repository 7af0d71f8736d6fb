import { childMap, childText, type Node } from "../read/node.ts";
import type { ToolCatalog } from "../tool-spec.ts";
import { outputShape, setShape, timeoutShape } from "./common.ts";
import { failureShape, loopShape } from "./loop.ts";
import { admitShape } from "./rule.ts";
import { any, cond, dict, keys, list, number, type Shape, text, type Validation, word } from "./shape.ts";
import { toolShape } from "./tool.ts";

const arcShape: Shape = keys(
  "one way on",
  {
    step: text("name of the step that follows", { min: 1, code: "E_ARC_STEP" }),
    when: cond("taken when this holds; always when absent", { code: "E_NEXT_SHAPE" }),
    set: setShape,
    spec: dict("reserved"),
    desc: text("for people"),
    input: dict("legacy: input of the step that follows"),
  },
  {
    id: "arc",
    code: "E_NEXT_SHAPE",
    unknownCode: "W_ARC_UNKNOWN_KEY",
    legacyKeys: { args: "", payload: "", with: "", then: "now 'step'", else: "leave out 'when'" },
  },
);

const arcs: Shape = list(
  {
    type: "custom",
    check(node: Node, validation: Validation) {
      const { report } = validation;
      validation.validate(node, arcShape, "arc");
      if (node.type !== "map" || node.entries.has("$targets")) return;
      if (childText(node, "step") === undefined) report.error("E_ARC_STEP", node, "an arc needs 'step'");
    },
    schema: (making) => making.make(arcShape),
  },
  "ways on, in order",
  { code: "E_NEXT_SHAPE" },
);

/** DSL §17.1 */
export const routerShape: Shape = keys(
  "which steps follow",
  {
    spec: keys("how arcs are chosen", {
      mode: word(["exclusive", "inclusive"], "the first arc that holds (default), or all", { code: "E_NEXT_MODE" }),
      on_no_match: word(["complete", "quiet"], "what happens when no arc holds", { code: "E_NEXT_ON_NO_MATCH" }),
      policy: any("accepted, not used"),
    }),
    arcs,
  },
  {
    id: "router",
    code: "E_NEXT_SHAPE",
    legacy: [{ type: "string" }, { type: "array" }, { type: "object", properties: { step: { type: "string" } } }],
  },
);

const stepSpec: Shape = keys(
  "limits and policies of the step",
  {
    timeout_seconds: timeoutShape("wall clock of one call, retries included"),
    max_iterations: number("pipeline task runs at most", { min: 1, integer: true, code: "E_TIMEOUT_VALUE" }),
    idempotent: any("a crashed call may be run again without asking"),
    policy: keys("policies", {
      admit: admitShape,
      lifecycle: keys("limits", {
        timeout_s: timeoutShape("wall clock of one call"),
        deadline_s: timeoutShape("from entering the step, queueing and all iterations included"),
      }),
      failure: failureShape,
      emit: any("accepted, not used"),
      results: outputShape,
    }),
  },
  { id: "stepSpec", legacyKeys: { timeout: "now 'timeout_seconds'", next_mode: "now 'next.spec.mode'" } },
);

/** A key of the tool that slipped out of it. */
function ofTool(key: string, node: Node, tools: ToolCatalog): string | undefined {
  const tool = node.type === "map" ? childMap(node, "tool") : undefined;
  const spec = tools.get(childText(tool, "kind") ?? "");
  if (spec === undefined) return undefined;
  const named =
    Object.hasOwn(spec.keyAliases, key) || Object.hasOwn(spec.positions, key) || spec.required.flat().includes(key);
  return named ? `'${key}' belongs to the ${spec.kind} tool: indent it under 'tool'` : undefined;
}

/** DSL §11 */
export const stepShape: Shape = keys(
  "one step",
  {
    step: text("name, unique in the workflow", { min: 1, code: "E_STEP_NAME" }),
    desc: text("what it does, for people"),
    tool: toolShape,
    input: dict("inputs of the tools", { templated: false }),
    loop: loopShape,
    set: setShape,
    next: routerShape,
    output: outputShape,
    spec: stepSpec,
    when: cond("legacy guard: false skips the step"),
  },
  {
    id: "step",
    code: "E_STEP_NAME",
    hint: ofTool,
    required: { step: "E_STEP_NAME" },
    legacyKeys: {
      name: "now 'step'",
      description: "now 'desc'",
      args: "now 'input'",
      with: "now 'input'",
      set_ctx: "now 'set' with 'ctx.'",
      set_iter: "now 'set' with 'iter.'",
      vars: "now 'set'",
      output_select: "now 'output.select'",
      result: "now 'output'",
      save: "not used",
      sink: "not used",
      retry: "now 'spec.policy.rules' of the tool",
      auth: "now 'auth' of the tool",
      timeout: "now 'spec.timeout_seconds'",
      timeout_seconds: "now 'spec.timeout_seconds'",
      case: "local runs only; now 'next.arcs'",
    },
  },
);
