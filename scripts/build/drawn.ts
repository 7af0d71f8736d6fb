import type { Page } from "../../packages/cli/src/built/help.ts";
import { HELP_WIDTHS, type HelpWidth } from "../../packages/cli/src/fast/help-width.ts";

export interface Drawn {
  pages: ReadonlyMap<HelpWidth, Record<string, Page>>;
  scripts: Record<string, string>;
  aliases: Readonly<Record<string, string>>;
}

/** Every page of help at every width, and the completion scripts, as the program itself would make them. */
export async function drawAll(): Promise<Drawn> {
  // oclif decides on colours when it is loaded.
  process.env.FORCE_COLOR = "1";
  const known = await import("../../packages/cli/src/commands.ts");
  const { helpText } = await import("../../packages/cli/src/conduct/help-text.ts");
  const { VERSION_MARK } = await import("../../packages/cli/src/fast/answer.ts");
  const { ownScript } = await import("../../packages/cli/src/completion/own-script.ts");
  const { SHELLS } = await import("../../packages/cli/src/completion/scripts.ts");

  const { aliases, commands, topics } = known;
  const ids = Object.keys(commands);
  const isOverview = (id: string) => id === "" || ids.some((other) => other.startsWith(`${id}:`));
  const pages = new Map<HelpWidth, Record<string, Page>>();
  for (const width of HELP_WIDTHS) {
    const drawn: Record<string, Page> = {};
    for (const id of ["", ...new Set([...Object.keys(topics), ...ids])]) {
      const look = { bin: "noetl", known, width, color: true, versionLine: VERSION_MARK };
      drawn[id] = { text: await helpText(id === "" ? [] : id.split(":"), look), overview: isOverview(id) };
    }
    pages.set(width, drawn);
  }
  return { pages, aliases, scripts: Object.fromEntries(SHELLS.map((shell) => [shell, ownScript(shell, known)])) };
}
