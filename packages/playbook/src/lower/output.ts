import type { JsonObject } from "@noetl/core";
import type { OutputSpec } from "../model.ts";
import { child, childMap, childText, type Node } from "../read/node.ts";
import { defined, jsonMap, type Lowering, numeric, oneOf } from "./value.ts";

const SCOPES = ["step", "execution", "workflow", "permanent"] as const;

/** DSL §21.1 */
export function lowerOutput(node: Node | undefined, lowering: Lowering): OutputSpec | undefined {
  if (node?.type !== "map") return undefined;
  const store = jsonMap(child(node, "store"), lowering);
  const select = child(node, "select");
  return defined<OutputSpec>({
    store: store && { ...store, kind: storeKind(store) },
    select: select?.type === "list" ? select.items.flatMap(selection) : undefined,
    inline_max_bytes: numeric(child(node, "inline_max_bytes")),
    preview_max_bytes: numeric(child(node, "preview_max_bytes")),
    scope: oneOf(childText(node, "scope"), SCOPES),
    as: childText(node, "as"),
    accumulate: jsonMap(childMap(node, "accumulate"), lowering),
  });
}

/** `disk` and `object` are one backend. */
function storeKind(store: JsonObject): string {
  const kind = typeof store.kind === "string" ? store.kind : "auto";
  return kind === "object" ? "disk" : kind;
}

function selection(item: Node): { path: string; as: string }[] {
  const path = item.type === "map" ? childText(item, "path") : item.type === "scalar" ? String(item.value ?? "") : "";
  if (path === undefined || path === "") return [];
  const name = item.type === "map" ? childText(item, "as") : undefined;
  return [{ path, as: name ?? lastSegment(path) }];
}

/** `a.b[2].c` → `c`, `rows[0]` → `rows` */
function lastSegment(path: string): string {
  return (
    path
      .replaceAll(/\[[^\]]*\]/g, "")
      .split(".")
      .at(-1) ?? path
  );
}
