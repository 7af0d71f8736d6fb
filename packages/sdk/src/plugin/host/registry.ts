import { createRegistry, defaultTools, type Registry } from "@noetl/tools";
import type { Environment } from "../../contexts/config-folder.ts";
import { type InstalledPlugin, readPlugins } from "./record.ts";
import { pluginTools } from "./tools.ts";

/**
 * `@noetl/sdk/tool-registry`: the built-in tools and those of the plugins of this machine, for hosts that validate or
 * execute. A plugin may provide a kind that this version lacks and replaces none that it has.
 */
export function registryWithPlugins(
  env: Environment,
  plugins: readonly InstalledPlugin[] = readPlugins(env).plugins,
): Registry {
  const builtIn = createRegistry();
  if (plugins.length === 0) return builtIn;
  const free = pluginTools(env, plugins).filter(({ kind }) => builtIn.get(kind)?.available !== true);
  return createRegistry([...defaultTools(), ...free]);
}
