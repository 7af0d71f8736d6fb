import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "@noetl/sdk/testing";
import { aliases, commands, topics } from "../commands.ts";
import { routeOf } from "../conduct/route.ts";
import { wordsOf } from "../console/words.ts";
import { guideNamed } from "../guides/guides.ts";
import { shownCommand } from "./described.ts";

const known = { ids: new Set(Object.keys(commands)), aliases };

/** The arguments of every call of `noetl` in a line of a shell. */
function callsIn(line: string): string[][] {
  const parts =
    line.replaceAll(/"\$\(|\)"/g, "(").match(/(?:'[^']*'|"[^"]*"|\\.|(?<!\s)#|[^'"\\|;&()<>#·])+|#.*/g) ?? [];
  return parts.flatMap((part) => {
    const [, call] = /^\s*(?:[$%>] )?(?:\w+=\S* )*noetl(?=\s|$)(.*)/.exec(part) ?? [];
    // What stands for any command, and the command that the page about plugins makes.
    if (call === undefined || /^ (?:ARGS|help NAME|weather hello)\b/.test(call)) return [];
    return [wordsOf(call.replaceAll(/\[flags\]|[[\]…]/g, " "))];
  });
}

/** What is wrong with a call: an unknown word or flag, or, where no `sentence` goes on, more arguments than are taken. */
async function wrongIn(argv: readonly string[], sentence = false): Promise<string | undefined> {
  const route = routeOf(argv, known);
  if (route.kind === "unknown") return `'${route.typed}' is no command`;
  if (route.kind !== "command") return undefined;
  if (route.id === "help") return wrongInHelp(route.argv);
  const command = await commands[route.id]?.load();
  const flags = { ...command?.baseFlags, ...command?.flags };
  const takes = new Map<string, boolean>();
  for (const [name, flag] of Object.entries(flags)) {
    const valued = flag.type !== "boolean";
    for (const each of [name, ...(flag.aliases ?? [])]) takes.set(`--${each}`, valued);
    if (flag.char) takes.set(`-${flag.char}`, valued);
    if (flag.type === "boolean" && flag.allowNo) takes.set(`--no-${name}`, false);
  }
  const own = route.argv.includes("--") ? route.argv.slice(0, route.argv.indexOf("--")) : route.argv;
  let given = 0;
  for (let index = 0; index < own.length; index++) {
    const word = own[index] ?? "";
    if (!/^--?[a-z]/i.test(word)) given++;
    else {
      const [name = ""] = word.split("=", 1);
      const valued = takes.get(name);
      if (valued === undefined) return `${route.id} has no ${name}`;
      if (valued && !word.includes("=")) index++;
    }
  }
  const args = Object.values(command?.args ?? {});
  const more = command?.strict === false || args.some((arg) => (arg as { multiple?: boolean }).multiple);
  return given > args.length && !more && !sentence ? `${route.id} takes ${args.length} arguments` : undefined;
}

function wrongInHelp(words: readonly string[]): string | undefined {
  const id = words.join(":");
  const there =
    words.length === 0 || known.ids.has(id) || id in aliases || id in topics || guideNamed(words) !== undefined;
  return there ? undefined : `there is no help of '${words.join(" ")}'`;
}

/** Lines of shell blocks, whole ones where a backslash ends them, and code inside of sentences. */
function linesOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
  const ofShells = blocks.filter(([, language = ""]) => ["", "sh", "bash", "console", "text"].includes(language));
  const inBlocks = ofShells.flatMap(([, , block = ""]) => block.replaceAll(/\\\n\s*/g, " ").split("\n"));
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...inBlocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code)];
}

test("cli.md §8 #51: every example of every command is one of its own calls", async () => {
  for (const [id, entry] of Object.entries(commands)) {
    const command = await entry.load();
    const { examples } = shownCommand(id, entry.summary, command);
    for (const { command: line } of examples) {
      const calls = callsIn(line);
      assert.ok(calls.length > 0, `${id}: ${line}`);
      for (const call of calls) assert.equal(await wrongIn(call), undefined, line);
    }
  }
});

test("cli.md §8 #51: every command line of the documentation is one that there is", async () => {
  const files = globSync(["*.md", "docs/**/*.md"], { cwd: REPOSITORY });
  const wrong: string[] = [];
  let lines = 0;
  for (const file of files) {
    for (const line of linesOf(readFileSync(join(REPOSITORY, file), "utf8"))) {
      for (const call of callsIn(line)) {
        lines++;
        const problem = await wrongIn(call);
        if (problem !== undefined) wrong.push(`${file}: ${line.trim()}: ${problem}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(lines > 300, String(lines));
});

test("cli.md §8 #51: every command that a hint names is one that there is", async () => {
  const files = globSync("packages/*/src/**/*.ts", { cwd: REPOSITORY }).filter((file) => !file.endsWith(".test.ts"));
  const wrong: string[] = [];
  let calls = 0;
  for (const file of files) {
    const hints = readFileSync(join(REPOSITORY, file), "utf8").match(/\bhint\b.*/gi) ?? [];
    for (const [, call = ""] of hints
      .join("\n")
      .matchAll(/(?<![\w@/.-])noetl(?! or )((?: --?[a-z][\w-]*| [a-z][\w-]*)+)/g)) {
      calls++;
      const problem = await wrongIn(wordsOf(call), true);
      if (problem !== undefined) wrong.push(`${file}: noetl${call}: ${problem}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(calls > 30, String(calls));
});
