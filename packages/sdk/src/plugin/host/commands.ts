import { NoetlError } from "@noetl/core";
import type { CommandClass } from "../../command.ts";
import type { Environment } from "../../contexts/config-folder.ts";
import type { CommandEntry } from "../../registry.ts";
import { loadPart, type PluginPart } from "./load.ts";
import { partOf, readPlugins } from "./record.ts";

/** What plugins add to the program: commands by id, each loaded when it is called, and words for topics. */
export function pluginCommands(
  env: Environment,
  plugins = readPlugins(env).plugins,
): {
  commands: { [id: string]: CommandEntry };
  topics: { [topic: string]: string };
} {
  const commands: { [id: string]: CommandEntry } = {};
  const topics: { [topic: string]: string } = {};
  for (const plugin of plugins) {
    for (const [id, { summary, file, help }] of Object.entries(plugin.commands)) {
      commands[id] ??= {
        summary,
        help,
        load: () => loadCommand(id, partOf(env, plugin, file)),
      };
      const [topic = id] = id.split(":");
      if (topic !== id) topics[topic] ??= plugin.topics[topic] ?? `commands of plugin ${plugin.name}`;
    }
  }
  return { commands, topics };
}

/** Meaning `terminal`, code `PLUGIN_LOAD`, when the module does not give a command. */
export async function loadCommand(id: string, part: PluginPart): Promise<CommandClass> {
  const command = await loadPart(part);
  if (isCommand(command)) {
    // Classes are one an id: the id is how a command names itself in usage lines and errors.
    command.id = id;
    return command;
  }
  throw new NoetlError("terminal", "PLUGIN_LOAD", `plugin '${part.plugin}': ${part.file} exports no command`, {
    hint: "its default export must be a class that extends BaseCommand of @noetl/sdk",
  });
}

/** By shape, not by `instanceof`: its base class may be another copy. */
function isCommand(value: unknown): value is CommandClass {
  return typeof value === "function" && "run" in value && typeof value.prototype?.run === "function";
}
