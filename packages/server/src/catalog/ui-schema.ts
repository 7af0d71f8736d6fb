import { isObject, type Json, type JsonObject } from "@noetl/core";
import type { CatalogEntry } from "@noetl/store";
import { isMap, isPair, isScalar, type Pair, parseDocument } from "yaml";

export interface UiField {
  name: string;
  kind: "string" | "integer" | "number" | "boolean" | "object" | "array" | "null" | "enum";
  default: Json;
  description: string | null;
  secret: boolean;
  credential_glob: string | null;
  options: Json[] | null;
  children: UiField[] | null;
}

/** A form for the workload of a playbook, from its defaults and `# ui:` comments (server-api §2.4). */
export function uiSchema(entry: CatalogEntry, now: number) {
  const root: JsonObject = isObject(entry.payload) ? (entry.payload as JsonObject) : {};
  const metadata: JsonObject = isObject(root.metadata) ? (root.metadata as JsonObject) : {};
  const workload = isObject(root.workload) ? (root.workload as JsonObject) : {};
  const directives = directivesOf(entry.content ?? "");
  const text = (value: Json | undefined) => (typeof value === "string" ? value : null);
  return {
    path: entry.path,
    version: entry.version,
    kind: entry.kind,
    title: text(metadata.title) ?? text(metadata.name),
    description_markdown: text(metadata.description_markdown) ?? text(metadata.description),
    exposed_in_ui: metadata.exposed_in_ui === true || metadata.ui === true,
    fields: Object.entries(workload).map(([name, value]) => fieldOf(name, value, directives.get(name) ?? [])),
    generated_at: new Date(now).toISOString(),
  };
}

function fieldOf(name: string, value: Json, directives: readonly string[]): UiField {
  const field: UiField = {
    name,
    kind: kindOf(value),
    default: value,
    description: null,
    secret: false,
    credential_glob: null,
    options: null,
    children: isObject(value) ? Object.entries(value as JsonObject).map(([key, item]) => fieldOf(key, item, [])) : null,
  };
  for (const directive of directives) apply(field, directive);
  return field;
}

function kindOf(value: Json): UiField["kind"] {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value as "string" | "boolean" | "object";
}

/** A bad directive changes nothing. */
function apply(field: UiField, directive: string): void {
  const [, name, value = ""] = /^ui:(\w+)(?:=(.*))?$/.exec(directive) ?? [];
  if (name === "secret") field.secret = true;
  else if (name === "description" && value !== "") field.description = value.trim();
  else if (name === "credential" && value !== "") field.credential_glob = value.trim();
  else if (name === "enum") {
    const items = /^\[(.*)\]$/.exec(value.trim())?.[1];
    if (items === undefined) return;
    field.kind = "enum";
    field.options = items.split(",").map((item) => item.trim().replace(/^(["'])(.*)\1$/, "$2"));
  }
}

/** `# ui:…` before or behind the immediate children of `workload`. */
function directivesOf(content: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const workload = parseDocument(content, { logLevel: "silent" }).get("workload", true);
  if (!isMap(workload)) return found;
  // A comment before the first key belongs to the map.
  let before = workload.commentBefore ?? "";
  for (const pair of workload.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue;
    const lines = [before, pair.key.commentBefore, commentOf(pair)].join("\n").split("\n");
    before = "";
    found.set(
      String(pair.key.value),
      lines.map((line) => line.trim()).filter((line) => line.startsWith("ui:")),
    );
  }
  return found;
}

function commentOf(pair: Pair): string {
  const { value } = pair;
  return isScalar(value) ? (value.comment ?? "") : isMap(value) ? (value.commentBefore ?? "") : "";
}
