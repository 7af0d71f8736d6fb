import {
  childMap,
  childText,
  type Entry,
  isTemplateText,
  keyOf,
  listOf,
  type MapNode,
  mapOf,
  type Node,
  scalarOf,
  toJson,
  type Where,
} from "../read/node.ts";
import { wanted } from "../shape/tool.ts";
import type { ToolSpec } from "../tool-spec.ts";
import { type Draft, draftOf, hoistInto, isNull, mergeUnder, put, type Rewriting, rename, take } from "./draft.ts";
import { rewriteOutput } from "./output.ts";
import { addRetry } from "./retry.ts";
import { rewritePolicy } from "./rules.ts";

/** Keys of `tool.spec` that belong there; all others are config that was put one level too deep (DSL §12.1 F). */
const SPEC_KEYS = new Set(["policy", "timeout", "timeout_seconds", "retry", "resources", "pool"]);

/** Forms A–F of `tool` (DSL §12.1): a map for a single tool, a list of named maps for a pipeline. */
export function rewriteTool(tool: Node, rewriting: Rewriting): Node {
  const { report } = rewriting;
  if (tool.type === "scalar") return stringTool(tool, rewriting);
  if (tool.type === "list") {
    return listOf(
      tool.items.map((item, index) => pipelineItem(item, index, rewriting)),
      tool,
    );
  }
  const tasks = tool.entries.get("tasks")?.value;
  if (!tool.entries.has("kind") && tasks?.type === "list") {
    report.legacy(keyOf(tool, "tasks"), "tool: {tasks: [ … ]}", "'tool: [ … ]'");
    return rewriteTool(tasks, rewriting);
  }
  if (isLabelled(tool)) {
    report.legacy(tool, "tool: {<label>: {kind: …}}", "'tool: [{name: <label>, kind: …}]'");
    const items = [...tool.entries].map(([label, entry]) => named(label, entry.value, entry.key, rewriting));
    return listOf(
      items.map((item) => rewriteTask(item, rewriting)),
      tool,
    );
  }
  const draft = draftOf(tool);
  const entry = ownName(tool, rewriting) === undefined ? undefined : draft.get("name");
  if (entry === undefined) return rewriteTask(tool, rewriting);
  // A single tool needs no label: the name is the tool's own.
  draft.delete("name");
  moveOwnName(draft, tool, entry, rewriting);
  return rewriteTask(mapOf(draft, tool), rewriting);
}

/** Kinds that have a name of their own (`nats`: that of the object) keep it under this key, apart from the label. */
function ownName(map: MapNode, { tools }: Rewriting): string | undefined {
  return tools.get(childText(map, "kind") ?? "")?.keyAliases.name;
}

function moveOwnName(draft: Draft, map: MapNode, name: Entry, rewriting: Rewriting): void {
  const key = ownName(map, rewriting);
  if (key !== undefined && !draft.has(key)) draft.set(key, name);
}

function stringTool(tool: Node, { report, tools }: Rewriting): Node {
  const kind = tool.type === "scalar" && typeof tool.value === "string" ? tool.value : undefined;
  if (kind === undefined) return tool;
  const spec = tools.get(kind);
  if (spec !== undefined && spec.required.length > 0) {
    report.error(
      "E_TOOL_REQUIRED",
      tool,
      `${spec.kind} tool needs ${spec.required.map(wanted).join(" and ")}; write it as a map`,
    );
  } else {
    report.legacy(tool, `tool: ${kind}`, `'tool: {kind: ${kind}}'`);
  }
  return mapOf([["kind", tool]], tool);
}

function isLabelled(tool: MapNode): boolean {
  if (tool.entries.has("kind") || tool.entries.has("type") || tool.entries.size === 0) return false;
  return [...tool.entries.values()].every(({ value }) => value.type === "map" && value.entries.has("kind"));
}

function named(label: string, value: Node, key: Where["span"], { report }: Rewriting): MapNode {
  const where = { span: key, place: value.place };
  if (value.type !== "map") return mapOf([["name", scalarOf(label, where)]], value);
  if (value.entries.has("name")) report.warn("W_LEGACY", where, `label '${label}' is used, 'name' is not`);
  return mapOf(
    new Map([...mapOf([["name", scalarOf(label, where)]], where).entries, ...without(value, "name")]),
    value,
  );
}

function without(map: MapNode, key: string): Draft {
  const draft = draftOf(map);
  draft.delete(key);
  return draft;
}

function pipelineItem(item: Node, index: number, rewriting: Rewriting): Node {
  const { report } = rewriting;
  if (item.type !== "map") return item;
  let map = item;
  const [only] = item.entries;
  if (item.entries.size === 1 && only && only[1].value.type === "map" && only[1].value.entries.has("kind")) {
    report.legacy(keyOf(item, only[0]), `${only[0]}: {kind: …}`, `'name: ${only[0]}' beside 'kind'`);
    map = named(only[0], only[1].value, only[1].key, rewriting);
  }
  const draft = draftOf(map);
  const workbook = kindOf(map) === "workbook";
  if (draft.has("label") && workbook && draft.has("name")) {
    // the label names the task, `name` the definition
    const label = take(draft, "label");
    const name = take(draft, "name");
    if (label) draft.set("name", label);
    if (name) draft.set("task", name);
  }
  if (!workbook && ownName(map, rewriting) !== undefined && (draft.has("label") || draft.has("task"))) {
    const name = take(draft, "name");
    if (name) moveOwnName(draft, map, name, rewriting);
  }
  rename(draft, map, "label", "name", report);
  if (!workbook) rename(draft, map, "task", "name", report);
  if (!draft.has("name") || isNull(draft.get("name")?.value)) put(draft, "name", scalarOf(`task_${index + 1}`, map));
  return rewriteTask(mapOf(draft, map), rewriting);
}

function kindOf(map: MapNode): string | undefined {
  return childText(map, "kind")?.toLowerCase();
}

/** One tool map under its canonical keys. */
function rewriteTask(map: MapNode, rewriting: Rewriting): MapNode {
  const { report, tools } = rewriting;
  const task = childText(map, "name");
  const scoped: Rewriting = { ...rewriting, report: task === undefined ? report : report.within({ task }) };
  const draft = draftOf(map);
  reject(draft, map, scoped);
  const spec = tools.get(childText(map, "kind") ?? "");
  const kind = draft.get("kind");
  if (spec && kind?.value.type === "scalar") put(draft, "kind", scalarOf(spec.kind, kind.value));
  hoistSpec(draft, scoped);
  rewriteTimeout(draft, spec);
  rewriteInput(draft, map, spec, scoped);
  rename(draft, map, "credential", "auth", scoped.report);
  if (draft.has("when") && !isNull(draft.get("when")?.value)) {
    scoped.report.legacy(keyOf(map, "when"), "when", "a guard: false skips the task");
  }
  rewriteKeys(draft, map, spec, scoped);
  rewriteOutput(draft, map, "tool", scoped);
  const inner = draft.get("spec")?.value;
  const policy = inner?.type === "map" ? inner.entries.get("policy")?.value : undefined;
  if (inner?.type === "map" && policy !== undefined && !isNull(policy)) {
    const specDraft = draftOf(inner);
    put(specDraft, "policy", rewritePolicy(policy, scoped));
    put(draft, "spec", mapOf(specDraft, inner));
  }
  return rewriteRetry(draft, map, scoped);
}

function reject(draft: Draft, map: MapNode, { report }: Rewriting): void {
  for (const key of ["eval", "expr"]) {
    if (!draft.has(key)) continue;
    const message = `'${key}' is not part of the current language; use 'spec.policy.rules'`;
    report.error("E_LEGACY_EVAL", keyOf(map, key), message);
    draft.delete(key);
  }
  if (draft.has("case")) {
    const message = "'case' is not part of the current language; use 'spec.policy.rules'";
    report.error("E_LEGACY_CASE", keyOf(map, "case"), message);
    draft.delete("case");
  }
  if (draft.has("goto")) {
    report.error("E_LEGACY_KEY", keyOf(map, "goto"), "'goto' is not part of the current language; use 'do: jump'");
    draft.delete("goto");
  }
  if (!draft.has("kind") && draft.has("type")) {
    report.error("E_LEGACY_V1", keyOf(map, "type"), "'type' is not part of the current language; use 'kind'");
  }
}

function hoistSpec(draft: Draft, { report }: Rewriting): void {
  const spec = draft.get("spec")?.value;
  if (spec?.type !== "map") return;
  const kept = draftOf(spec);
  for (const [key, entry] of spec.entries) {
    if (SPEC_KEYS.has(key)) continue;
    kept.delete(key);
    if (key === "retry") continue;
    report.legacy(keyOf(spec, key), `spec.${key}`, `'${key}' beside 'kind'`);
    if (!draft.has(key)) draft.set(key, entry);
  }
  put(draft, "spec", mapOf(kept, spec));
}

/** `timeout` and `timeout_seconds`, on the tool or under `spec`, are one thing (DSL §12.2); `pool` and `resources` are config. */
function rewriteTimeout(draft: Draft, spec: ToolSpec | undefined): void {
  const own = new Set(spec?.ownKeys ?? []);
  for (const key of ["timeout_seconds", "timeout"]) {
    if (!draft.has(key) || own.has(key)) continue;
    const entry = take(draft, key);
    if (entry) hoistInto(draft, "spec", "timeout_seconds", entry, entry.value);
  }
  const inner = draft.get("spec")?.value;
  if (inner?.type !== "map") return;
  const kept = draftOf(inner);
  const timeout = kept.has("timeout") ? take(kept, "timeout") : undefined;
  if (timeout && !kept.has("timeout_seconds")) kept.set("timeout_seconds", timeout);
  for (const key of ["pool", "resources"]) {
    const entry = kept.has(key) ? take(kept, key) : undefined;
    if (entry && !draft.has(key)) draft.set(key, entry);
  }
  const ownTimeout = [...own].find((key) => key.startsWith("timeout"));
  const seconds = kept.get("timeout_seconds");
  if (ownTimeout !== undefined && seconds !== undefined && !draft.has(ownTimeout)) {
    kept.delete("timeout_seconds");
    draft.set(ownTimeout, seconds);
  }
  put(draft, "spec", mapOf(kept, inner));
}

function rewriteInput(draft: Draft, map: MapNode, spec: ToolSpec | undefined, { report }: Rewriting): void {
  const own = new Set(spec?.ownKeys ?? []);
  const old = spec?.kind === "python" ? ["args", "with", "params", "payload"] : ["args", "with"];
  for (const key of old) {
    if (!draft.has(key) || own.has(key)) continue;
    const entry = take(draft, key);
    if (entry === undefined) continue;
    report.legacy(keyOf(map, key), key, "'input'");
    mergeUnder(draft, "input", entry.value, report);
  }
  if (spec?.kind !== "playbook" || !draft.has("payload")) return;
  const where = keyOf(map, "payload");
  const payload = take(draft, "payload");
  if (payload === undefined) return;
  report.legacy(where, "payload", "'input'");
  if (isEmptyMap(draft.get("input")?.value)) put(draft, "input", payload.value);
}

function isEmptyMap(node: Node | undefined): boolean {
  return node === undefined || isNull(node) || (node.type === "map" && node.entries.size === 0);
}

function rewriteKeys(draft: Draft, map: MapNode, spec: ToolSpec | undefined, { report }: Rewriting): void {
  if (spec === undefined) return;
  for (const [from, to] of Object.entries(spec.keyAliases)) {
    if (from === "name" || (spec.kind === "workbook" && draft.has("name"))) continue;
    rename(draft, map, from, to, report);
  }
  const script = draft.get("script");
  if (spec.kind === "python" && script?.value.type === "scalar" && typeof script.value.value === "string") {
    rename(draft, map, "script", "code", report);
  }
  const command = draft.get("command")?.value;
  if (command?.type === "list" && spec.keyAliases.query === "command") put(draft, "command", joined(command));
}

/** A list of statements as one text; what separates them is a semicolon. */
function joined(list: Node): Node {
  const items = toJson(list);
  const statements = (Array.isArray(items) ? items : []).map((item) => String(item).trim().replace(/;$/, ""));
  const [first] = list.type === "list" ? list.items : [];
  const node = scalarOf(statements.join(";\n"), list);
  return first?.type === "scalar" && statements.length === 1 ? { ...first, value: statements[0] ?? "" } : node;
}

function rewriteRetry(draft: Draft, map: MapNode, rewriting: Rewriting): MapNode {
  const where = keyOf(map, "retry");
  const inner = childMap(mapOf(draft, map), "spec");
  const nested = inner?.entries.get("retry");
  const own = take(draft, "retry");
  if (inner && nested) put(draft, "spec", mapOf(without(inner, "retry"), inner));
  const retry = own?.value ?? (isNull(nested?.value) ? undefined : nested?.value);
  const result = mapOf(draft, map);
  return retry === undefined || isTemplateFalse(retry)
    ? result
    : addRetry(result, retry, own ? where : retry, rewriting);
}

function isTemplateFalse(node: Node): boolean {
  return node.type === "scalar" && !isTemplateText(node.value) && (node.value === false || node.value === 0);
}
