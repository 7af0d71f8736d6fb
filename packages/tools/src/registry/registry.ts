import { NoetlError } from "@noetl/core";
import type { ToolCatalog } from "@noetl/playbook";
import type { Tool } from "../tool.ts";
import { defaultTools } from "./default-tools.ts";

export interface Registry extends ToolCatalog {
  get(kind: string): Tool | undefined;
  list(): readonly Tool[];
}

/**
 * Tools by kind or alias, in any case. A later tool replaces an earlier one of the same kind, so that a plugin can provide what
 * this version lacks: `createRegistry([...defaultTools(), snowflakeTool])`. An alias never hides a kind.
 * Throws `validation` (`E_TOOL_NAME`) for a tool without a kind.
 */
export function createRegistry(tools: Iterable<Tool> = defaultTools()): Registry {
  const byKind = new Map<string, Tool>();
  for (const tool of tools) {
    if (tool.kind === "") throw new NoetlError("validation", "E_TOOL_NAME", "a tool must name its kind");
    byKind.set(tool.kind.toLowerCase(), tool);
  }
  const byName = new Map<string, Tool>();
  for (const tool of byKind.values()) for (const alias of tool.aliases) byName.set(alias.toLowerCase(), tool);
  for (const [kind, tool] of byKind) byName.set(kind, tool);
  const list = [...byKind.values()];
  return { get: (kind) => byName.get(kind.toLowerCase()), list: () => list };
}
