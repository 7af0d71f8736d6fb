import type { JsonObject } from "@noetl/core";
import type { CommandClass } from "./command.ts";

/** A command as the lookup and the overview need it, without loading it. */
export interface CommandEntry {
  /** one line for `noetl --help` */
  summary: string;
  /** description, args and flags, when they are known without loading it */
  help?: JsonObject;
  load(): Promise<CommandClass>;
}

/** What a plugin brings along. Nothing of it is loaded before it is called. */
export interface CommandSet {
  /** id (words joined by `:`) → how to load it */
  commands: Readonly<Record<string, CommandEntry>>;
  /** other spellings → id */
  aliases: Readonly<Record<string, string>>;
  topics: Readonly<Record<string, string>>;
}

export function entry(summary: string, load: () => Promise<{ default: CommandClass }>): CommandEntry {
  return { summary, load: async () => (await load()).default };
}
