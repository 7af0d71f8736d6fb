import { type CommandSet, entry } from "@noetl/sdk";

/** The terminal interface. */
export const tuiCommands: CommandSet = {
  commands: {
    tui: entry("watch and manage executions in the terminal", () => import("./commands/tui.ts")),
  },
  aliases: {},
  topics: {},
};
