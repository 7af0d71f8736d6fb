import type { CommandClass } from "@noetl/sdk";

/** A command as the lookup and the overview need it, without loading it. */
export interface CommandEntry {
  /** one line for `noetl --help` */
  summary: string;
  load(): Promise<CommandClass>;
  hidden?: true;
}

/** The explicit registry: id (words joined by `:`) → how to load it. Nothing is looked for in folders. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  help: {
    summary: "show the help of a command",
    load: async () => (await import("@oclif/plugin-help")).commands.help as unknown as CommandClass,
  },
};

/** Other spellings of a command. */
export const aliases: Readonly<Record<string, string>> = {
  exec: "run",
  "get:credential": "credential:get",
};

export const topics: Readonly<Record<string, string>> = {
  credential: "credentials of this machine, encrypted at rest",
};
