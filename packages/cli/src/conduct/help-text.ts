import { type CommandSet, palette } from "@noetl/sdk";
import { Help } from "@oclif/core";
import { guideList, guideText } from "../guides/draw.ts";
import { guideNamed, guides } from "../guides/guides.ts";
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

/** Help of the program (no words), a topic, a command or a guide; every line ends with a line feed. */
export async function helpText(words: readonly string[], look: HelpLook): Promise<string> {
  const paint = palette(look.color);
  const guide = guideNamed(words);
  if (words.length === 0) return (await commandHelp(words, look)) + guideList(guides, paint);
  if (!guide) return commandHelp(words, look);
  const isTopic = Object.keys(look.known.commands).some((id) => id.startsWith(`${guide.name}:`));
  return (isTopic ? await commandHelp(words, look) : "") + guideText(guide, look.width, paint);
}

/** As oclif draws it. */
async function commandHelp(words: readonly string[], look: HelpLook): Promise<string> {
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
