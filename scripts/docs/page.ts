import type { Guide } from "../../packages/cli/src/guides/guide.ts";
import type { Shown, ShownFlag } from "../../packages/cli/src/overview/described.ts";

/** One page: the commands that begin with the same word. */
export function topicPage(topic: string, summary: string, commands: readonly Shown[]): string {
  const parts = [`# noetl ${topic}`, "", NOTICE, ""];
  if (commands.length > 1 || commands[0]?.words !== topic) {
    parts.push(`${capital(summary)}.`, "", ...commandTable(commands), "");
    for (const command of commands) parts.push(`## noetl ${command.words}`, "", ...body(command));
  } else parts.push(...commands.flatMap(body));
  return `${parts.join("\n").trimEnd()}\n`;
}

/** All guides on one page. */
export function guidesPage(guides: readonly Guide[]): string {
  const parts = ["# Guides", "", NOTICE, "", "What `noetl help NAME` prints.", ""];
  for (const guide of guides) {
    parts.push(`## ${guide.name}`, "", `${capital(guide.summary)}.`, "");
    for (const { title, text, rows = [] } of guide.parts) {
      parts.push(`### ${title}`, "");
      if (text !== undefined) parts.push(text, "");
      if (rows.length === 0) continue;
      parts.push("| | |", "| --- | --- |");
      for (const [term, meaning] of rows) parts.push(`| \`${term}\` | ${cell(meaning)} |`);
      parts.push("");
    }
  }
  return `${parts.join("\n").trimEnd()}\n`;
}

export const NOTICE = "<!-- Written by `npm run docs` from the commands themselves. -->";

export function commandTable(commands: readonly Pick<Shown, "words" | "summary">[], link = anchor): string[] {
  const rows = commands.map(({ words, summary }) => `| [\`noetl ${words}\`](${link(words)}) | ${cell(summary)} |`);
  return ["| | |", "| --- | --- |", ...rows];
}

export function flagTable(flags: readonly ShownFlag[]): string[] {
  const rows = flags.map((flag) => `| \`${spelling(flag)}\` | ${cell(flagText(flag))} |`);
  return ["| flag | |", "| --- | --- |", ...rows];
}

function body(command: Shown): string[] {
  const { description, summary, args, flags, examples } = command;
  const parts = [description ?? `${capital(summary)}.`, "", "```sh", usage(command), "```", ""];
  if (args.length > 0) {
    parts.push("| argument | |", "| --- | --- |");
    for (const arg of args) {
      const more = [arg.options && `one of ${arg.options.join(", ")}`, !arg.required && "optional"].filter(Boolean);
      parts.push(`| \`${arg.name.toUpperCase()}\` | ${cell([arg.description, ...more].join("; "))} |`);
    }
    parts.push("");
  }
  if (flags.length > 0) parts.push(...flagTable(flags), "");
  if (examples.length > 0) {
    parts.push("```sh");
    for (const example of examples) {
      if (example.description) parts.push(`# ${example.description}`);
      parts.push(example.command);
    }
    parts.push("```", "");
  }
  return parts;
}

/** `noetl credential get NAME [flags]` */
export function usage({ words, args, flags }: Shown): string {
  const given = args.map(({ name, required, multiple }) => {
    const shown = `${name.toUpperCase()}${multiple ? "…" : ""}`;
    return required ? shown : `[${shown}]`;
  });
  const needed = flags.filter(({ required }) => required).map((flag) => spelling(flag).replace(/^-., /, ""));
  return ["noetl", words, ...given, ...needed, "[flags]"].join(" ");
}

function spelling({ spelling: name, value }: ShownFlag): string {
  return value === undefined ? name : `${name} ${value}`;
}

function flagText(flag: ShownFlag): string {
  const more = [
    flag.options && `one of ${flag.options.join(", ")}`,
    flag.default !== undefined && `default ${flag.default}`,
    flag.multiple && "may be repeated",
    flag.required && "required",
    flag.env && `or \`${flag.env}\``,
  ];
  return [flag.description, ...more].filter(Boolean).join("; ");
}

function cell(value: string): string {
  return value.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

function anchor(words: string): string {
  return `#noetl-${words.replaceAll(" ", "-")}`;
}

function capital(value: string): string {
  return value.charAt(0).toUpperCase() + value.slice(1);
}
