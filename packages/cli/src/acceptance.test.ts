import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REPOSITORY } from "@noetl/sdk/testing";

test("every weakness of cli.md §8 and every point of §9 has a test that names it", () => {
  const titles = ["packages", "scripts", "test"].flatMap((folder) =>
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
