import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "@noetl/sdk/testing";
import { commands } from "./commands.ts";
import { shownCommand, shownFlags } from "./overview/described.ts";

test("cli.md §8 #51: every flag of every example is a flag of its command", async () => {
  for (const [id, entry] of Object.entries(commands)) {
    if (id === "help") continue;
    const command = await entry.load();
    const { examples } = shownCommand(id, entry.summary, command);
    const flags = shownFlags({ ...command.baseFlags, ...command.flags }).flatMap(({ spelling, name }) => [
      ...spelling.split(", "),
      `--${name}`,
      `--no-${name}`,
    ]);
    const others = Object.values(command.flags ?? {}).flatMap(({ aliases = [] }) => aliases.map((one) => `--${one}`));
    for (const { command: line } of examples) {
      const [own = ""] = line.split(/[|;>]| -- /).filter((part) => part.includes("noetl"));
      for (const flag of own.match(/(?<=\s)--?[a-z][a-z0-9-]*/gi) ?? []) {
        assert.ok([...flags, ...others].includes(flag), `${line}: ${flag}`);
      }
    }
  }
});

test("cli.md §8 #50: CI compiles all of it and runs every test", () => {
  const ci = readFileSync(join(REPOSITORY, ".github/workflows/ci.yml"), "utf8");
  for (const part of [/typecheck|verify/, /npm (run )?test|verify/]) assert.match(ci, part);
});

test("every weakness of cli.md §8 and every point of §9 has a test that names it", () => {
  const titles = ["packages", "test"].flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
      .flatMap((file) => readFileSync(join(REPOSITORY, folder, file), "utf8").match(/cli\.md §[89][^:\n]*: /g) ?? []),
  );
  const weaknesses = new Set(titles.flatMap((title) => title.match(/(?<=#)\d+/g) ?? []).map(Number));
  const points = new Set(titles.flatMap((title) => title.match(/(?<=§9\.)\d+/g) ?? []).map(Number));
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
  assert.deepEqual(
    upTo(52).filter((number) => !weaknesses.has(number)),
    [],
  );
  assert.deepEqual(
    upTo(15).filter((number) => !points.has(number)),
    [],
  );
});
