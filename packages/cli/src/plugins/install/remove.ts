import { NoetlError } from "@noetl/core";
import { type Environment, nearest } from "@noetl/sdk";
import { type InstalledPlugin, pluginsFolder, readPlugins } from "@noetl/sdk/plugins";
import { changeRecord } from "./change.ts";

/** Removes what was installed; of a link only the link. */
export async function uninstallPlugin(env: Environment, name: string): Promise<InstalledPlugin> {
  const home = pluginsFolder(env);
  const plugin = findPlugin(env, name);
  await changeRecord(home, (plugins) => plugins.filter((other) => other.name !== plugin.name));
  return plugin;
}

/** Meaning `not_found`, code `PLUGIN_NOT_FOUND`. */
export function findPlugin(env: Environment, name: string): InstalledPlugin {
  const { plugins } = readPlugins(env);
  const found = plugins.find((plugin) => plugin.name === name);
  if (found) return found;
  const meant = nearest(
    name,
    plugins.map((plugin) => plugin.name),
  );
  throw new NoetlError("not_found", "PLUGIN_NOT_FOUND", `there is no plugin '${name}'`, {
    hint: meant ? `did you mean '${meant}'?` : "noetl plugins list shows those there are",
  });
}
