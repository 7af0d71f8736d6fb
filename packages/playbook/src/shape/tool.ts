import type { JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { knownKinds } from "../kinds/known.ts";
import { child, childText, keyOf, type MapNode, type Node } from "../read/node.ts";
import { suggestion } from "../report/suggest.ts";
import type { ToolSpec } from "../tool-spec.ts";
import { outputShape, setShape } from "./common.ts";
import { TEMPLATE } from "./json-schema.ts";
import { policyShape } from "./rule.ts";
import { any, cond, dict, keys, type SchemaMaking, type Shape, text, type Validation } from "./shape.ts";

const timeout: Shape = {
  type: "custom",
  description: "seconds of one attempt, or {connect, read}",
  check(node, { report }) {
    const values = node.type === "map" ? [...node.entries.values()].map((entry) => entry.value) : [node];
    for (const value of values) {
      if (value.type === "scalar" && isSeconds(value.value)) continue;
      report.error("E_TIMEOUT_VALUE", value, "a timeout must be a number of seconds, or a template");
    }
  },
  schema: () => ({ anyOf: [{ type: "number", minimum: 0 }, TEMPLATE, { type: "object" }] }),
};

function isSeconds(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value === "string" && value.includes("{{")) return true;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0;
}

/** Keys of every tool (DSL §12.2). */
const COMMON: { readonly [key: string]: Shape } = {
  kind: text("what kind of tool", { min: 1, code: "E_TOOL_KIND" }),
  name: text("label of the task"),
  desc: text("for people"),
  input: dict("values the tool gets", { templated: true }),
  auth: any("credential name, or how to authenticate"),
  set: setShape,
  output: outputShape,
  spec: keys("policies and limits", { policy: policyShape, timeout_seconds: timeout }, { open: true }),
  when: cond("legacy guard: false skips the task"),
  assert: any("{when, message}: checked after success"),
};

const LEGACY_COMMON: { readonly [key: string]: string } = {
  label: "now 'name'",
  task: "now 'name'",
  args: "now 'input'",
  with: "now 'input'",
  credential: "now 'auth'",
  timeout: "now 'spec.timeout_seconds'",
  timeout_seconds: "now 'spec.timeout_seconds'",
  retry: "now 'spec.policy.rules'",
  output_select: "now 'output.select'",
  iterator: "now 'loop' of the step",
};

/** `tool` of a step: one map, or a list of named maps (DSL §12.1). */
export const toolShape: Shape = {
  type: "custom",
  description: "what the step does: one tool, or a pipeline",
  check(node, validation) {
    const { report } = validation;
    if (node.type === "map") {
      checkTask(node, validation);
      return;
    }
    if (node.type === "scalar") {
      report.error("E_TOOL_KIND", node, "a tool must be a map with 'kind'");
      return;
    }
    if (node.items.length === 0) report.error("E_TOOL_EMPTY", node, "a pipeline must have at least one task");
    for (const item of node.items) {
      if (item.type !== "map") report.error("E_TOOL_KIND", item, "a task must be a map with 'kind'");
      else checkTask(item, { ...validation, report: report.within({ task: childText(item, "name") }) });
    }
  },
  schema(making) {
    const task = making.make(taskSchema);
    const forms: JsonObject[] = [task, { type: "array", items: making.strict ? task : looseItem(task), minItems: 1 }];
    return { anyOf: making.strict ? forms : [...forms, { type: "string" }, { type: "object" }] };
  },
};

/** In the `default` profile an item may be `{label: {kind: …}}`. */
function looseItem(task: JsonObject): JsonObject {
  return { anyOf: [task, { type: "object", maxProperties: 1 }] };
}

function checkTask(task: MapNode, validation: Validation): void {
  const { report, tools } = validation;
  for (const [key, entry] of task.entries) {
    const shape = Object.hasOwn(COMMON, key) ? COMMON[key] : undefined;
    const empty = entry.value.type === "scalar" && entry.value.value === null;
    if (shape && !empty && key !== "input") validation.validate(entry.value, shape, key, report);
  }
  const kind = childText(task, "kind");
  if (kind === undefined) {
    if (!task.entries.has("type")) report.error("E_TOOL_KIND", task, "a tool needs 'kind'");
    return;
  }
  const input = child(task, "input");
  if (input && COMMON.input) {
    const shape: Shape = kind === "playbook" ? { ...COMMON.input, code: "E_PLAYBOOK_INPUT" } : COMMON.input;
    validation.validate(input, shape, "input", report);
  }
  const spec = tools.get(kind);
  if (spec === undefined) {
    const names = tools.list().flatMap((known) => [known.kind, ...known.aliases]);
    const where = child(task, "kind") ?? task;
    const strict = report.profile === "strict";
    const hint = suggestion(kind, names) ?? "a plugin may bring it: noetl plugins install NAME";
    report.add(
      strict ? "error" : "warning",
      strict ? "E_TOOL_UNKNOWN" : "W_TOOL_UNKNOWN",
      where,
      `unknown tool kind '${kind}'`,
      hint,
    );
    return;
  }
  checkRequired(task, spec, validation);
  checkUnknown(task, spec, validation);
}

function checkRequired(task: MapNode, spec: ToolSpec, { report }: Validation): void {
  if (spec.kind === "workbook") return; // told when it was resolved
  for (const alternatives of spec.required) {
    if (alternatives.some((key) => child(task, key) !== undefined)) continue;
    report.error("E_TOOL_REQUIRED", child(task, "kind") ?? task, `${spec.kind} tool needs ${wanted(alternatives)}`);
  }
}

/** Encoded forms are for machines and not worth a word to an author. */
export function wanted(alternatives: readonly string[]): string {
  return alternatives
    .filter((key) => !key.endsWith("_b64"))
    .map((key) => `'${key}'`)
    .join(" or ");
}

/** Schemas of tools are made when they are asked for, which costs; the language's own list answers most questions. */
function checkUnknown(task: MapNode, spec: ToolSpec, { report }: Validation): void {
  const usual = propertiesOf(knownKinds.get(spec.kind));
  const odd = [...task.entries.keys()].filter(
    (key) => !Object.hasOwn(COMMON, key) && !Object.hasOwn(usual, key) && !OF_SPEC.has(key) && !isNamed(spec, key),
  );
  if (odd.length === 0 || spec.schema.additionalProperties === true) return;
  const own = propertiesOf(spec);
  if (Object.keys(own).length === 0) return;
  const known = [...new Set([...Object.keys(own), ...Object.keys(usual), ...Object.keys(COMMON)])];
  for (const key of odd) {
    if (!Object.hasOwn(own, key)) report.unknownKey(keyOf(task, key), key, known, { tool: spec.kind });
  }
}

const OF_SPEC = new Set(["pool", "resources"]);

function isNamed(spec: ToolSpec, key: string): boolean {
  return (
    Object.hasOwn(spec.positions, key) || (spec.ownKeys?.includes(key) ?? false) || spec.required.flat().includes(key)
  );
}

function propertiesOf(spec: ToolSpec | undefined): { [key: string]: unknown } {
  const properties = spec?.schema.properties;
  return isObject(properties) ? properties : {};
}

const taskSchema: Shape = {
  type: "custom",
  id: "tool",
  check: (node: Node, validation: Validation) => {
    if (node.type === "map") checkTask(node, validation);
  },
  schema(making) {
    const properties: JsonObject = {};
    for (const [key, shape] of Object.entries(COMMON)) properties[key] = making.make(shape);
    const kinds = making.tools.list().flatMap((spec) => [spec.kind, ...spec.aliases]);
    const descriptions = making.tools.list().map((spec) => `${spec.kind}: ${spec.summary}`);
    properties.kind = {
      description: descriptions.join("\n"),
      ...(making.strict ? { enum: kinds } : { anyOf: [{ enum: kinds }, { type: "string" }] }),
    };
    if (!making.strict) {
      for (const [key, description] of Object.entries(LEGACY_COMMON))
        properties[key] ??= { description, deprecated: true };
    }
    return {
      type: "object",
      properties,
      ...(making.strict ? { required: ["kind"] } : {}),
      allOf: making.tools.list().map((spec) => ofKind(spec, making)),
    };
  },
};

/** What holds when `kind` is this one. Config may be under `spec` and under old names in the `default` profile. */
function ofKind(spec: ToolSpec, making: SchemaMaking): JsonObject {
  const own = isObject(spec.schema.properties) ? (spec.schema.properties as JsonObject) : {};
  const properties: JsonObject = {};
  for (const [key, schema] of Object.entries(own)) properties[key] = templated(schema as JsonObject);
  const requirements: JsonObject[] = [];
  if (making.strict) {
    for (const alternatives of spec.required) {
      requirements.push({ anyOf: alternatives.map((key) => ({ required: [key] })) });
    }
  } else {
    for (const [old, now] of Object.entries(spec.keyAliases)) {
      properties[old] ??= { description: `now '${now}'`, deprecated: true };
    }
    for (const key of Object.keys(own)) {
      const schema = properties[key];
      if (isObject(schema)) properties[key] = { anyOf: [schema as JsonObject, {}], ...describedAs(own[key]) };
    }
  }
  const then: JsonObject = { properties, ...(requirements.length > 0 ? { allOf: requirements } : {}) };
  return { if: { properties: { kind: { enum: [spec.kind, ...spec.aliases] } }, required: ["kind"] }, then };
}

function describedAs(schema: unknown): JsonObject {
  return isObject(schema) && typeof schema.description === "string" ? { description: schema.description } : {};
}

/** A rendered value of another type than text may be written as a template. */
function templated(schema: JsonObject): JsonObject {
  const { description, ...rest } = schema;
  if (Object.keys(rest).length === 0 || rest.type === "string") return schema;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, TEMPLATE, { type: "null" }] };
}
