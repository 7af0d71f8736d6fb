import { wantsColor } from "@noetl/sdk";
import { commands } from "../commands.ts";
import { oclifConfig } from "./oclif-config.ts";
import { unknownCommand } from "./unknown-command.ts";

/** Help of the program, a topic or a command on stdout, drawn by oclif. */
export async function showHelp(words: readonly string[], bin: string): Promise<void> {
  const id = words.join(":");
  const entry = commands[id];
  const isTopic = Object.keys(commands).some((known) => known.startsWith(`${id}:`));
  if (words.length > 0 && !entry && !isTopic) throw unknownCommand(words.join(" "));
  const config = await oclifConfig({ bin, ...(entry && { loaded: { id, command: await entry.load() } }) });
  const { loadHelpClass } = await import("@oclif/core");
  const Help = await loadHelpClass(config);
  const stripAnsi = !wantsColor({ env: process.env, isTTY: process.stdout.isTTY === true });
  await new Help(config, { stripAnsi, maxWidth: Math.min(process.stdout.columns ?? 100, 120) }).showHelp([...words]);
}
