import { type CommandSet, documentText, enveloped, requestedFormat, wantsColor } from "@noetl/sdk";
import { helpWidth } from "../fast/help-width.ts";
import { guideNamed, guides } from "../guides/guides.ts";
import { helpText } from "./help-text.ts";
import { unknownCommand } from "./unknown-command.ts";

/** Help of the program, a topic, a command or a guide on stdout. */
export async function showHelp(words: readonly string[], bin: string, known: CommandSet): Promise<void> {
  const id = words.join(":");
  const isTopic = Object.keys(known.commands).some((other) => other.startsWith(`${id}:`));
  if (words.length > 0 && !known.commands[id] && !isTopic && !guideNamed(words)) {
    throw unknownCommand(
      words.join(" "),
      known,
      guides.map(({ name }) => name),
    );
  }
  const { argv, env, stdout } = process;
  const format = requestedFormat(argv.slice(2));
  const color = format === "text" && wantsColor({ env, isTTY: stdout.isTTY === true });
  const text = await helpText(words, { bin, known, width: helpWidth(stdout.columns), color });
  stdout.write(
    format === "text" ? text : await documentText(enveloped("help", { topic: words.join(" "), text }), format),
  );
}
