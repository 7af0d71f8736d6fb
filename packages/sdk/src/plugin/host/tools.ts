import { isObject } from "@noetl/core";
import { failed, type Tool } from "@noetl/tools/define";
import type { Environment } from "../../contexts/config-folder.ts";
import { endWhenBlocked } from "./blocked.ts";
import { guard } from "./guard.ts";
import { LOAD_PATIENCE_MS, loadPart, type PluginPart } from "./load.ts";
import { type InstalledPlugin, partOf, readPlugins, type StoredTool } from "./record.ts";
import { outliveStrays } from "./strays.ts";

/**
 * The tool kinds of the plugins of this machine, for `createRegistry([...defaultTools(), ...pluginTools(env)])`. They
 * are made from what was stored at installation: a plugin is loaded when one of its kinds is executed.
 */
export function pluginTools(env: Environment, plugins: readonly InstalledPlugin[] = readPlugins(env).plugins): Tool[] {
  return plugins.flatMap((plugin) =>
    Object.entries(plugin.tools).map(([kind, stored]) => lazyTool(env, plugin, kind, stored)),
  );
}

function lazyTool(env: Environment, plugin: InstalledPlugin, kind: string, stored: StoredTool): Tool {
  const { file, effect, ...spec } = stored;
  let loading: Promise<Tool> | undefined;
  return {
    ...spec,
    kind,
    available: true,
    effects: () => effect,
    async execute(call) {
      let tool: Tool;
      try {
        loading ??= loadForGood(kind, partOf(env, plugin, file));
        tool = await loading;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return failed("configuration", message, {
          code: "PLUGIN_LOAD",
          recovery: `noetl plugins inspect ${plugin.name}`,
        });
      }
      return await tool.execute(call);
    },
  };
}

/** Into a process that does more than this: neither its stdout nor its end are the tool's, then or later. */
async function loadForGood(kind: string, part: PluginPart): Promise<Tool> {
  guard(part.folder);
  outliveStrays();
  const lastWords = `Error: plugin '${part.plugin}' blocked this process while ${part.file} was loaded; it was ended`;
  const isBack = endWhenBlocked(LOAD_PATIENCE_MS + 1_000, lastWords);
  try {
    return await loadTool(kind, part);
  } finally {
    isBack();
  }
}

/** Meaning `terminal` when the module does not give that tool. */
export async function loadTool(kind: string, part: PluginPart): Promise<Tool> {
  const tool = await loadPart(part);
  if (isTool(tool) && tool.kind === kind) return tool;
  const found = isTool(tool) ? `the tool '${tool.kind}'` : "no tool";
  throw new Error(`plugin '${part.plugin}': ${part.file} exports ${found}, not '${kind}'`);
}

function isTool(value: unknown): value is Tool {
  return isObject(value) && typeof value.kind === "string" && typeof value.execute === "function";
}
