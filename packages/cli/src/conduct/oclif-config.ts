import { fileURLToPath } from "node:url";
import { BaseCommand, type CommandClass, type CommandEntry, type CommandSet } from "@noetl/sdk";
import { type Command, Config, type Interfaces } from "@oclif/core";
import { packageJson, versionLine } from "./version.ts";

/** What is drawn of a command: the class itself, or what a plugin stored of it. */
export type CommandHelp = Partial<
  Pick<CommandClass, "aliases" | "description" | "examples" | "usage" | "args" | "flags" | "baseFlags">
>;

/**
 * oclif's view of the program: one plugin made from our registry, so that it neither scans folders nor loads classes.
 * `loaded` is the command whose flags are needed (for its help).
 */
export async function oclifConfig(options: {
  bin: string;
  known: CommandSet;
  loaded?: { id: string; command: CommandHelp };
}): Promise<Config> {
  const { commands, topics } = options.known;
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const pjson = {
    ...packageJson,
    name: "noetl",
    oclif: { bin: options.bin, dirname: "noetl", topicSeparator: " " as const, topics: topicRecord(topics) },
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
  config.userAgent = versionLine();
  return config;
}

function topicRecord(topics: CommandSet["topics"]): Record<string, { description: string }> {
  return Object.fromEntries(Object.entries(topics).map(([name, description]) => [name, { description }]));
}

function loadable(
  id: string,
  entry: CommandEntry,
  loaded: { id: string; command: CommandHelp } | undefined,
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
    flags: named({
      ...known?.flags,
      ...(known?.baseFlags ?? BaseCommand.baseFlags),
    }) as unknown as Command.Loadable["flags"],
    load: () => entry.load(),
  };
}
