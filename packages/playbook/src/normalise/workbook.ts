import { childMap, childText, keyOf, listOf, type MapNode, mapOf, type Node, scalarOf } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import { suggestion } from "../report/suggest.ts";
import { type Draft, draftOf, isNull, put, type Rewriting } from "./draft.ts";
import { rewriteTool } from "./tool.ts";

/** Named tool definitions of the root section `workbook`, ready to be put in the place of a reference (DSL §10). */
export interface Workbook {
  /** A tool of a step without references; reports what cannot be resolved. */
  resolve(tool: Node, report: Report): Node;
}

const ENTRY_KEYS = new Set(["name", "desc", "description", "tool"]);
const IGNORED = ["assert", "sink", "save"];

export function readWorkbook(section: Node | undefined, rewriting: Rewriting): Workbook {
  const definitions = new Map<string, MapNode | Node>();
  for (const { name, node, tool } of entriesOf(section, rewriting)) {
    if (name === undefined) {
      rewriting.report.error("E_WORKBOOK_NAME", node, "a workbook definition needs 'name'");
    } else if (definitions.has(name)) {
      rewriting.report.error("E_WORKBOOK_DUP", node, `duplicate workbook definition '${name}'`);
    } else if (tool === undefined) {
      rewriting.report.error("E_TOOL_EMPTY", node, `workbook definition '${name}' has no tool`);
    } else {
      definitions.set(name, rewriteTool(tool, rewriting));
    }
  }
  const workbook: Workbook = { resolve: (tool, report) => resolve(tool, definitions, report, []) };
  for (const [name, tool] of definitions) {
    if (references(tool, definitions, [name])) {
      const message = `workbook definition '${name}' refers to itself`;
      rewriting.report.error("E_WORKBOOK_CYCLE", tool, message);
    }
  }
  return workbook;
}

interface Definition {
  name: string | undefined;
  node: Node;
  tool: Node | undefined;
}

function entriesOf(section: Node | undefined, rewriting: Rewriting): Definition[] {
  if (section === undefined || isNull(section)) return [];
  if (section.type === "scalar") {
    rewriting.report.error("E_TYPE", section, "workbook must be a list of {name, tool}");
    return [];
  }
  if (section.type === "list") return section.items.map((item) => definition(item, undefined, rewriting));
  const tasks = section.entries.get("tasks")?.value;
  rewriting.report.legacy(section, "workbook: {…}", "a list of {name, tool}");
  if (tasks?.type === "list") return tasks.items.map((item) => definition(item, undefined, rewriting));
  return [...section.entries].map(([name, entry]) => definition(entry.value, name, rewriting));
}

function definition(node: Node, key: string | undefined, { report }: Rewriting): Definition {
  if (node.type !== "map") return { name: key, node, tool: undefined };
  const name = key ?? childText(node, "name");
  for (const ignored of IGNORED) {
    if (node.entries.has(ignored)) report.unknownKey(keyOf(node, ignored), ignored, ENTRY_KEYS);
  }
  const tool = node.entries.get("tool")?.value;
  if (tool !== undefined) return { name, node, tool };
  if (!node.entries.has("kind")) return { name, node, tool: undefined };
  report.legacy(keyOf(node, "kind"), "a definition without 'tool'", "'tool: {kind: …}'");
  const inline: Draft = draftOf(node);
  for (const drop of ["name", "desc", "description", ...IGNORED]) inline.delete(drop);
  return { name, node, tool: mapOf(inline, node) };
}

/** The definition's name of a `workbook` tool. */
function referenceOf(tool: MapNode): string | undefined {
  return childText(tool, "task") ?? childText(tool, "name");
}

function isReference(tool: Node): tool is MapNode {
  return tool.type === "map" && childText(tool, "kind") === "workbook";
}

function references(tool: Node, definitions: ReadonlyMap<string, Node>, trail: readonly string[]): boolean {
  const items = tool.type === "list" ? tool.items : [tool];
  return items.some((item) => {
    if (!isReference(item)) return false;
    const name = referenceOf(item) ?? "";
    if (name === trail[0]) return true;
    const next = trail.includes(name) ? undefined : definitions.get(name);
    return next !== undefined && references(next, definitions, [...trail, name]);
  });
}

function resolve(tool: Node, definitions: ReadonlyMap<string, Node>, report: Report, trail: readonly string[]): Node {
  if (tool.type === "list") {
    return listOf(
      tool.items.map((item) => resolveItem(item, definitions, report, trail, true)),
      tool,
    );
  }
  return resolveItem(tool, definitions, report, trail, false);
}

function resolveItem(
  tool: Node,
  definitions: ReadonlyMap<string, Node>,
  report: Report,
  trail: readonly string[],
  inPipeline: boolean,
): Node {
  if (!isReference(tool)) return tool;
  const name = referenceOf(tool);
  if (name === undefined) {
    report.error("E_WORKBOOK_NAME", tool, "workbook tool needs 'name', the name of a definition");
    return tool;
  }
  const found = definitions.get(name);
  if (found === undefined) {
    const known = [...definitions.keys()];
    const hint = suggestion(name, known) ?? (known.length > 0 ? `known here: ${known.join(", ")}` : undefined);
    report.error("E_WORKBOOK_UNKNOWN", tool, `unknown workbook definition '${name}'`, hint);
    return tool;
  }
  if (trail.includes(name)) return tool; // told once, where it is defined
  const resolved = resolve(found, definitions, report, [...trail, name]);
  if (resolved.type !== "list") return overridden(resolved, tool, inPipeline);
  if (inPipeline) {
    const message = `workbook definition '${name}' is a pipeline and cannot stand inside another one`;
    report.error("E_WORKBOOK_UNKNOWN", tool, message, "let a single tool refer to it");
    return tool;
  }
  return listOf(
    resolved.items.map((item) => overridden(item, tool, false, item)),
    resolved,
  );
}

/** A copy of the definition with what the caller says instead; `input` is merged (DSL §10). */
function overridden(definition: Node, caller: MapNode, inPipeline: boolean, item?: Node): Node {
  if (definition.type !== "map") return definition;
  const draft = draftOf(definition);
  if (item === undefined) draft.delete("name");
  const label = inPipeline ? childText(caller, "name") : undefined;
  if (label !== undefined) put(draft, "name", scalarOf(label, caller));
  for (const key of ["spec", "set", "output", "auth", "when", "desc"]) {
    const value = caller.entries.get(key);
    if (value !== undefined && !isNull(value.value) && !(key === "spec" && isEmpty(value.value))) draft.set(key, value);
  }
  const own = childMap(definition, "input");
  const given = caller.entries.get("input");
  if (given !== undefined && !isNull(given.value)) {
    if (own !== undefined && given.value.type === "map") {
      put(draft, "input", mapOf(new Map([...own.entries, ...given.value.entries]), given.value));
    } else {
      draft.set("input", given);
    }
  }
  // positions of the step are the caller's: the definition keeps its own for what it brought
  return { ...mapOf(draft, caller), span: caller.span };
}

function isEmpty(node: Node): boolean {
  return node.type === "map" && node.entries.size === 0;
}
