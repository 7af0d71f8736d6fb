import type { JsonObject } from "@noetl/core";
import { child, childMap, childText, type MapNode, toJson } from "../read/node.ts";
import type { Report } from "../report/report.ts";

/** A stored secret record (DSL §2.4). Never part of the playbook catalog. */
export interface CredentialDocument {
  name: string;
  /** `generic` when the document names none */
  type: string;
  data: JsonObject;
  description?: string;
  tags: string[];
  meta: JsonObject;
}

/** Fields stand at the root, or under `metadata` and `spec`. */
export function readCredential(root: MapNode, report: Report): CredentialDocument | undefined {
  const metadata = childMap(root, "metadata");
  const spec = childMap(root, "spec");
  const name = childText(root, "name") ?? childText(metadata, "name");
  const type = childText(root, "type") ?? childText(spec, "type") ?? "generic";
  const data = child(root, "data") ?? child(spec, "data");
  if (name === undefined || name.trim() === "") report.error("E_CREDENTIAL", root, "a credential needs 'name'");
  if (data === undefined) report.error("E_CREDENTIAL", root, "a credential needs 'data', a map of its fields");
  else if (data.type !== "map") report.error("E_CREDENTIAL", data, "'data' of a credential must be a map");
  if (name === undefined || data?.type !== "map") return undefined;
  const description = childText(root, "description") ?? childText(metadata, "description");
  const meta = childMap(root, "meta") ?? childMap(metadata, "labels");
  return {
    name,
    type,
    data: toJson(data) as JsonObject,
    ...(description === undefined ? {} : { description }),
    tags: tagsOf(root),
    meta: meta === undefined ? {} : (toJson(meta) as JsonObject),
  };
}

/** A list, or one text with commas. */
function tagsOf(root: MapNode): string[] {
  const tags = child(root, "tags") ?? child(childMap(root, "metadata"), "tags");
  const words = tags?.type === "list" ? tags.items : tags === undefined ? [] : [tags];
  return words.flatMap((word) => {
    if (word.type !== "scalar" || word.value === null) return [];
    return String(word.value)
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "");
  });
}
