import type { InstalledPlugin } from "@noetl/sdk/plugins";
import { commandConflict } from "./command-conflict.ts";

/** A plugin as `list` and `inspect` print it. */
export interface PluginSummary {
  name: string;
  version: string;
  source: string;
  from: string;
  commands: string[];
  tools: string[];
  hooks: string[];
  /** commands that stand aside for built-in ones */
  hidden: string[];
  /** why a changed link is used as it was before */
  problem?: string;
}

export function summaryOf(plugin: InstalledPlugin): PluginSummary {
  const ids = Object.keys(plugin.commands);
  return {
    name: plugin.name,
    version: plugin.version,
    source: plugin.source.kind,
    from: plugin.source.spec,
    commands: ids.map((id) => id.replaceAll(":", " ")),
    tools: Object.keys(plugin.tools),
    hooks: Object.keys(plugin.hooks),
    ...(plugin.problem !== undefined && { problem: plugin.problem }),
    hidden: ids.filter((id) => commandConflict(id) !== undefined).map((id) => id.replaceAll(":", " ")),
  };
}
