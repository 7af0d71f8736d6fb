import { type CommandSet, wantsColor } from "@noetl/sdk";
import { helpWidth } from "../fast/help-width.ts";
import { helpText } from "./help-text.ts";
import { unknownCommand } from "./unknown-command.ts";

/** Help of the program, a topic or a command on stdout, drawn by oclif. */
export async function showHelp(words: readonly string[], bin: string, known: CommandSet): Promise<void> {
  const id = words.join(":");
  const isTopic = Object.keys(known.commands).some((other) => other.startsWith(`${id}:`));
  if (words.length > 0 && !known.commands[id] && !isTopic) throw unknownCommand(words.join(" "), known);
  const { env, stdout } = process;
  const color = wantsColor({ env, isTTY: stdout.isTTY === true });
  stdout.write(await helpText(words, { bin, known, width: helpWidth(stdout.columns), color }));
}
