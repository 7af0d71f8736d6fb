import { aliases, commands, topics } from "../../packages/cli/src/commands.ts";
import { guides } from "../../packages/cli/src/guides/guides.ts";
import { type Shown, shownCommand, shownFlags } from "../../packages/cli/src/overview/described.ts";
import { globalFlags } from "../../packages/sdk/src/index.ts";
import { commandTable, flagTable, guidesPage, NOTICE, topicPage, usage } from "./page.ts";

/** Every generated file by its path in the repository: the pages of `docs/cli` and the tree of commands. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const shown = await loadAll();
  const files = new Map<string, string>();
  const groups = Map.groupBy(shown, ({ words }) => words.split(" ")[0] ?? words);
  for (const [topic, inside] of groups) {
    files.set(`docs/cli/${topic}.md`, topicPage(topic, topics[topic] ?? inside[0]?.summary ?? "", inside));
  }
  files.set("docs/cli/guides.md", guidesPage(guides));
  files.set("docs/cli/README.md", overview(shown));
  files.set("packages/cli/command-tree.txt", tree(shown));
  return files;
}

/** `help` is drawn by oclif and has a page nowhere. */
async function loadAll(): Promise<Shown[]> {
  const ids = Object.keys(commands).filter((id) => id !== "help");
  const shown = await Promise.all(
    ids.map(async (id) => {
      const entry = commands[id];
      if (!entry) throw new Error(`no command ${id}`);
      return shownCommand(id, entry.summary, await entry.load());
    }),
  );
  return shown.sort((a, b) => (a.words < b.words ? -1 : 1));
}

function overview(shown: readonly Shown[]): string {
  const page = (words: string) => {
    const [topic = words] = words.split(" ");
    return topic === words ? `${topic}.md` : `${topic}.md#noetl-${words.replaceAll(" ", "-")}`;
  };
  const spelt = Object.entries(aliases)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, target]) => `| \`noetl ${id.replaceAll(":", " ")}\` | \`noetl ${target.replaceAll(":", " ")}\` |`);
  return `${[
    "# The command line",
    "",
    NOTICE,
    "",
    ...commandTable(shown, page),
    "",
    "## Flags of every command",
    "",
    "They may stand anywhere, also before the command.",
    "",
    ...flagTable(shownFlags(globalFlags)),
    "",
    "## Guides",
    "",
    "| | |",
    "| --- | --- |",
    ...guides.map(({ name, summary }) => `| [\`noetl help ${name}\`](guides.md#${name}) | ${summary} |`),
    "",
    "## Other spellings",
    "",
    "| | |",
    "| --- | --- |",
    ...spelt,
  ].join("\n")}\n`;
}

/** One line a command: what it takes. A change of it is a change for scripts that people wrote. */
function tree(shown: readonly Shown[]): string {
  const lines = shown.map((command) => {
    const flags = command.flags.map(({ spelling, value }) => (value === undefined ? spelling : `${spelling} ${value}`));
    return [usage(command).replace(/ \[flags\]$/, ""), ...flags.map((flag) => `    ${flag}`)].join("\n");
  });
  const spelt = Object.entries(aliases).map(
    ([id, target]) => `${id.replaceAll(":", " ")} = ${target.replaceAll(":", " ")}`,
  );
  return `${[...lines, "", ...spelt.sort()].join("\n")}\n`;
}
