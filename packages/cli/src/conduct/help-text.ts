import type { CommandSet } from "@noetl/sdk";
import { Help } from "@oclif/core";
import { type CommandHelp, oclifConfig } from "./oclif-config.ts";

export interface HelpLook {
  /** `noetl` or `ntl` */
  bin: string;
  known: CommandSet;
  width: number;
  color: boolean;
  /** stands under VERSION instead of the version line of this program */
  versionLine?: string;
}

/** oclif's help of the program (no words), a topic or a command; every line ends with a line feed. */
export async function helpText(words: readonly string[], look: HelpLook): Promise<string> {
  const { bin, known } = look;
  const id = words.join(":");
  const entry = known.commands[id];
  // What was stored of a plugin's command is drawn without loading its code.
  const command = entry && ((entry.help as CommandHelp | undefined) ?? (await entry.load()));
  const config = await oclifConfig({ bin, known, ...(command && { loaded: { id, command } }) });
  if (look.versionLine !== undefined) config.userAgent = look.versionLine;
  const help = new CaughtHelp(config, { stripAnsi: !look.color, maxWidth: look.width });
  await help.showHelp([...words]);
  return help.text;
}

class CaughtHelp extends Help {
  text = "";
  protected override log(...args: string[]): void {
    this.text += `${args.join(" ")}\n`;
  }
}
