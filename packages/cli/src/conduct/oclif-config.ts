import { fileURLToPath } from "node:url";
import type { CommandClass } from "@noetl/sdk";
import { type Command, Config, type Interfaces } from "@oclif/core";
import { commands, topics } from "../commands.ts";
import { packageJson } from "./version.ts";

/**
 * oclif's view of the program: one plugin made from our registry, so that it neither scans folders nor loads classes.
 * `loaded` is the command whose flags are needed (for its help).
 */
export async function oclifConfig(options: {
  bin: string;
  loaded?: { id: string; command: CommandClass };
}): Promise<Config> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const pjson = {
    ...packageJson,
    name: "noetl",
    oclif: { bin: options.bin, dirname: "noetl", topicSeparator: " " as const, topics: topicRecord() },
  };
  const plugin = {
    _base: "",
    alias: packageJson.name,
    commandIDs: Object.keys(commands),
    commands: Object.entries(commands).map(([id, entry]) => loadable(id, entry, options.loaded)),
    commandsDir: undefined,
    findCommand: async (id: string) => (await commands[id]?.load()) as CommandClass,
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: "module" as const,
    name: packageJson.name,
    options: { root },
    pjson,
    root,
    topics: Object.entries(topics).map(([name, description]) => ({ name, description })),
    type: "core",
    valid: true,
    version: packageJson.version,
  } satisfies Interfaces.Plugin;
  const config = new Config({ root, plugins: new Map([[plugin.name, plugin]]) });
  await config.load();
  return config;
}

function topicRecord(): Record<string, { description: string }> {
  return Object.fromEntries(Object.entries(topics).map(([name, description]) => [name, { description }]));
}

function loadable(
  id: string,
  entry: (typeof commands)[string],
  loaded: { id: string; command: CommandClass } | undefined,
): Command.Loadable {
  const known = loaded?.id === id ? loaded.command : undefined;
  const named = <T extends object>(record: Record<string, T> | undefined) =>
    Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [name, { ...value, name }]));
  return {
    id,
    summary: entry.summary,
    hidden: false,
    aliases: known?.aliases ?? [],
    hiddenAliases: [],
    hasDynamicHelp: false,
    pluginName: packageJson.name,
    ...(known && { description: known.description, examples: known.examples, usage: known.usage }),
    args: named(known?.args) as Command.Loadable["args"],
    flags: named({ ...known?.flags, ...known?.baseFlags }) as unknown as Command.Loadable["flags"],
    load: () => entry.load(),
  };
}
