import type { CommandSet } from "@noetl/sdk";

/** The terminal interface. */
export const tuiCommands: CommandSet = {
  commands: {},
  aliases: {},
  topics: {},
};
