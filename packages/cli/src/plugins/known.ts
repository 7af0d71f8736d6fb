import type { CommandSet, Environment } from "@noetl/sdk";
import { type PluginRecord, pluginCommands, readPlugins } from "@noetl/sdk/plugins";
import { aliases, commands, topics } from "../commands.ts";
import { commandConflict } from "./command-conflict.ts";

/** Every command of the program: the built-in ones and those of plugins, which can hide none of them. */
export interface Known extends CommandSet {
  plugins: PluginRecord;
}

export function knownCommands(env: Environment): Known {
  const plugins = readPlugins(env);
  if (plugins.plugins.length === 0) return { commands, aliases, topics, plugins };
  const more = pluginCommands(env, plugins.plugins);
  const free = Object.entries(more.commands).filter(([id]) => commandConflict(id) === undefined);
  return {
    commands: { ...commands, ...Object.fromEntries(free) },
    aliases,
    topics: { ...more.topics, ...topics },
    plugins,
  };
}
