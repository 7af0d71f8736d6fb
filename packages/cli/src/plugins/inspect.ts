import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { folderOf, goneError, readPlugins, type StoredTool } from "@noetl/sdk/plugins";
import { conflictsOf } from "./conflicts.ts";
import { describeFolder } from "./install/describe.ts";
import { isChanged } from "./install/digest.ts";
import { findPlugin } from "./install/remove.ts";
import { type PluginSummary, summaryOf } from "./view.ts";

export interface Inspection extends PluginSummary {
  description?: string;
  folder: string;
  integrity?: string;
  scripts: boolean;
  schemas: { [kind: string]: StoredTool["schema"] };
  /** what is wrong with it as it is now; empty when it works */
  problems: string[];
}

const CHANGED = "its files are not those that were installed; noetl plugins update installs them again";

/** Loads all of a plugin in a process of its own and tells what is wrong with it, besides what is known of it. */
export async function inspectPlugin(env: Environment, name: string): Promise<Inspection> {
  const plugin = findPlugin(env, name);
  const folder = folderOf(env, plugin);
  const others = readPlugins(env).plugins.filter((other) => other.name !== name);
  const problems = conflictsOf(plugin, others);
  const gone = goneError(name, folder);
  if (gone) problems.push(gone.message);
  else await describeFolder(folder, plugin).catch((error: unknown) => problems.push(ensureError(error).message));
  if (!gone && (await isChanged(env, plugin))) problems.push(CHANGED);
  return {
    ...summaryOf(plugin),
    ...(plugin.description !== undefined && { description: plugin.description }),
    folder,
    ...(plugin.integrity !== undefined && { integrity: plugin.integrity }),
    scripts: plugin.scripts,
    schemas: Object.fromEntries(Object.entries(plugin.tools).map(([kind, { schema }]) => [kind, schema])),
    problems,
  };
}
