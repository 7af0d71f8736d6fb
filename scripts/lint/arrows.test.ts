import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the linter of this repository says about these files, were they part of it. */
function lint(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "noetl-arrows-"));
  try {
    mkdirSync(join(folder, "scripts/lint"), { recursive: true });
    for (const name of ["biome.json", "scripts/lint/pure.grit"]) copyFileSync(join(root, name), join(folder, name));
    for (const [path, source] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), source);
    }
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const options = ["lint", "--vcs-enabled=false", "--reporter=github", "--max-diagnostics=none", "packages"];
    const result = spawnSync(process.execPath, [biome, ...options], { cwd: folder, encoding: "utf8" });
    return result.stdout.replaceAll("\\", "/") + result.stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("an import against the arrows is an error, one along them is not", () => {
  const report = lint({
    "packages/engine/src/up.ts": 'export { x } from "@noetl/store";\n',
    "packages/engine/src/down.ts": 'export { x } from "@noetl/scope";\n',
    "packages/core/src/up.ts": 'export { x } from "@noetl/template";\n',
    "packages/runner/src/up.ts": 'export { x } from "@noetl/cli";\n',
    "packages/runner/src/down.ts": 'export { readFile } from "node:fs/promises";\n',
    "packages/tools/src/sideways.ts": 'export { x } from "../../store/src/index.ts";\n',
  });
  for (const path of ["engine/src/up.ts", "core/src/up.ts", "runner/src/up.ts", "tools/src/sideways.ts"]) {
    assert.match(report, new RegExp(`noRestrictedImports.*${path}`), path);
  }
  assert.doesNotMatch(report, /down\.ts/);
});

test("pure packages do no I/O and read no clock, randomness or process", () => {
  for (const name of ["engine", "template", "scope", "playbook"]) {
    const report = lint({
      [`packages/${name}/src/disk.ts`]: 'export { readFile } from "node:fs/promises";\n',
      [`packages/${name}/src/clock.ts`]: "export const now = Date.now();\n",
      [`packages/${name}/src/today.ts`]: "export const now = new Date();\n",
      [`packages/${name}/src/dice.ts`]: "export const dice = Math.random();\n",
      [`packages/${name}/src/home.ts`]: "export const home = process.env.HOME;\n",
      [`packages/${name}/src/given.ts`]: "export const text = (now: number) => new Date(now).toISOString();\n",
      [`packages/${name}/src/disk.test.ts`]: 'export { readFile } from "node:fs/promises";\n',
    });
    for (const file of ["disk.ts", "clock.ts", "today.ts", "dice.ts", "home.ts"]) {
      assert.match(report, new RegExp(`${name}/src/${file}`), `${name}/${file}`);
    }
    assert.doesNotMatch(report, /given\.ts|disk\.test\.ts/);
  }
});
