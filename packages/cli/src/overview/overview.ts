import { type CommandEntry, globalFlags, schemaName } from "@noetl/sdk";
import type { CommandHelp } from "../conduct/oclif-config.ts";
import type { Known } from "../plugins/known.ts";
import { type Shown, type ShownFlag, shownCommand, shownFlags } from "./described.ts";

/** One command with all that a program has to know to call it. */
export interface CommandDocument extends Omit<Shown, "words" | "description"> {
  /** words: `credential get` */
  name: string;
  description: string | null;
  aliases: string[];
  /** the plugin that brings it; null when it is built in */
  plugin: string | null;
  /** `schema` of its document with `--json` */
  schema: string;
}

export interface Overview {
  commands: CommandDocument[];
  topics: { name: string; summary: string }[];
  /** of every command, in any position */
  global_flags: ShownFlag[];
}

/** Every command, or those whose words begin with `prefix`. Plugins are described from what was stored of them. */
export async function overview(known: Known, prefix: readonly string[]): Promise<Overview> {
  const begin = prefix.join(":");
  const chosen = Object.entries(known.commands)
    .filter(([id]) => id !== "help" && (begin === "" || id === begin || id.startsWith(`${begin}:`)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const topics = Object.entries(known.topics).filter(([topic]) => begin === "" || topic === prefix[0]);
  return {
    commands: await Promise.all(chosen.map(([id, entry]) => describe(id, entry, known))),
    topics: topics.map(([name, summary]) => ({ name, summary })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    global_flags: shownFlags(globalFlags),
  };
}

async function describe(id: string, entry: CommandEntry, { aliases, plugins }: Known): Promise<CommandDocument> {
  const help = (entry.help as CommandHelp | undefined) ?? (await entry.load());
  const { words, description, ...shown } = shownCommand(id, entry.summary, help);
  const spelt = Object.entries(aliases).filter(([, target]) => target === id);
  return {
    name: words,
    description: description ?? null,
    ...shown,
    aliases: spelt.map(([alias]) => alias.replaceAll(":", " ")).sort(),
    plugin: entry.help === undefined ? null : (plugins.plugins.find(({ commands }) => id in commands)?.name ?? null),
    schema: schemaName(id),
  };
}
