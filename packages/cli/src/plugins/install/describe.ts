import type { Description, InstalledPlugin, PluginSource } from "@noetl/sdk/plugins";
import { askChild } from "../child/start.ts";
import { readPackage } from "./read-package.ts";

/**
 * Checks the plugin in a folder completely and gives what is stored of it. All its modules are loaded once, in a process
 * of their own. Rejects as `readPackage` does, and with code `PLUGIN_LOAD`.
 */
export async function describeFolder(
  folder: string,
  from: { source: PluginSource; scripts: boolean; integrity?: string | undefined },
  patienceMs?: number,
): Promise<InstalledPlugin> {
  const { name, version, description, manifest } = await readPackage(folder);
  const asked = await askChild({ do: "describe", plugin: name, folder, manifest }, patienceMs);
  const { commands, tools } = asked as Description;
  return {
    name,
    version,
    ...(description !== undefined && { description }),
    folder,
    source: from.source,
    ...(from.integrity !== undefined && { integrity: from.integrity }),
    scripts: from.scripts,
    commands,
    topics: manifest.topics,
    tools,
    hooks: manifest.hooks,
  };
}
