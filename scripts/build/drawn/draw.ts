/** Child of the build: prints every page of help and the completion scripts as JSON. oclif reads FORCE_COLOR when it loads. */
import type { Page } from "../../../packages/cli/src/built/help.ts";
import * as known from "../../../packages/cli/src/commands.ts";
import { ownScript } from "../../../packages/cli/src/completion/own-script.ts";
import { SHELLS } from "../../../packages/cli/src/completion/scripts.ts";
import { helpText } from "../../../packages/cli/src/conduct/help-text.ts";
import { VERSION_MARK } from "../../../packages/cli/src/fast/answer.ts";
import { HELP_WIDTHS } from "../../../packages/cli/src/fast/help-width.ts";
import type { Drawn } from "./drawn.ts";

const ids = ["", ...new Set([...Object.keys(known.topics), ...Object.keys(known.commands)])];
const isOverview = (id: string) => id === "" || ids.some((other) => other.startsWith(`${id}:`));

const drawn: Drawn = {
  pages: {},
  aliases: known.aliases,
  scripts: Object.fromEntries(SHELLS.map((shell) => [shell, ownScript(shell, known)])),
};
for (const width of HELP_WIDTHS) {
  const pages: Record<string, Page> = {};
  for (const id of ids) {
    const look = { bin: "noetl", known, width, color: true, versionLine: VERSION_MARK };
    pages[id] = { text: await helpText(id === "" ? [] : id.split(":"), look), overview: isOverview(id) };
  }
  drawn.pages[width] = pages;
}
process.stdout.write(JSON.stringify(drawn));
