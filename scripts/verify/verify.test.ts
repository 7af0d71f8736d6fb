import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { PATTERNS } from "../test/patterns.ts";
import { failedSteps, STEPS } from "./steps.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = (file: string) => readFileSync(join(root, file), "utf8");

interface CiStep {
  run?: string;
  [key: string]: unknown;
}

interface Workflow {
  on: { push?: { branches?: string[]; paths?: unknown }; pull_request?: unknown };
  jobs: { [job: string]: { steps: CiStep[]; [key: string]: unknown } };
}

/** Files below the root, without what is installed or built. */
function filesOf(pattern: string): string[] {
  const passed = new Set(["node_modules", "dist", ".git"]);
  return globSync(pattern, { cwd: root, exclude: (path) => path.split(/[\\/]/).some((part) => passed.has(part)) });
}

test("cli.md §8 #50: every push and every pull request is verified, and nothing lets a failure pass", () => {
  const { on, jobs } = parse(text(".github/workflows/ci.yml")) as Workflow;
  assert.deepEqual(on, { push: { branches: ["main"] }, pull_request: null });
  const verifying = Object.values(jobs).filter(({ steps }) => steps.some(({ run }) => run === "npm run verify"));
  assert.equal(verifying.length, 1);
  for (const { steps, ...job } of verifying) {
    for (const part of [job, ...steps]) for (const key of ["if", "continue-on-error"]) assert.ok(!(key in part), key);
    const [install, verify, ...more] = steps.map(({ run }) => run).filter((run) => run !== undefined);
    assert.deepEqual([install, verify, more], ["npm ci", "npm run verify", []]);
  }
  const { scripts } = JSON.parse(text("package.json")) as { scripts: { [name: string]: string } };
  assert.equal(scripts.verify, "node scripts/verify.ts");
});

test("cli.md §8 #50: to verify is to lint, to compile and to run all tests, and one that fails is enough", () => {
  const commands = STEPS.map(({ command }) => command.join(" "));
  assert.deepEqual(commands, [
    "node_modules/@biomejs/biome/bin/biome ci --colors=off --error-on-warnings .",
    "node_modules/typescript/bin/tsc -p tsconfig.json",
    "scripts/test.ts",
  ]);
  for (const each of STEPS) {
    const ran: string[] = [];
    const failed = failedSteps(STEPS, ({ name }) => {
      ran.push(name);
      return name === each.name ? 1 : 0;
    });
    assert.deepEqual(failed, [each.name]);
    assert.equal(ran.length, STEPS.length);
  }
  assert.deepEqual(failedSteps(STEPS.slice(0, 1), () => null).length, 1, "ended by a signal");
});

test("cli.md §8 #50: the patterns know every test there is, and the compiler every source", () => {
  const run = new Set(globSync([...PATTERNS], { cwd: root }));
  const tests = filesOf("**/*.test.{ts,tsx,mts,cts,js,mjs,cjs}");
  assert.ok(tests.length > 200);
  assert.deepEqual(
    tests.filter((file) => !run.has(file)),
    [],
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.json", "--listFilesOnly"], {
    cwd: root,
    encoding: "utf8",
  });
  const compiled = new Set(stdout.split("\n").map((line) => join(relative(root, line.trim()))));
  assert.deepEqual(
    filesOf("**/*.{ts,tsx,mts,cts}").filter((file) => !compiled.has(file)),
    [],
  );
  const { compilerOptions } = JSON.parse(text("tsconfig.json")) as { compilerOptions: { [name: string]: unknown } };
  for (const option of ["noCheck", "checkJs", "suppressImplicitAnyIndexErrors"])
    assert.ok(!(option in compilerOptions));
  assert.equal(compilerOptions.strict, true);
});

test("cli.md §8 #50: a test that fails, does not load or is not there fails them all", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "noetl-tests-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { NODE_TEST_CONTEXT: _ours, ...env } = process.env;
  const ends = (name: string, body: string) => {
    const file = join(folder, name);
    writeFileSync(file, `import { test } from "node:test";\n${body}\n`);
    return spawnSync(process.execPath, [join(root, "scripts/test.ts"), file], { cwd: root, env }).status;
  };
  assert.equal(ends("good.test.ts", `test("good", () => {});`), 0);
  assert.equal(ends("fails.test.ts", `test("good", () => {}); test("bad", () => { throw new Error("bad"); });`), 1);
  assert.equal(ends("load.test.ts", `import { gone } from "node:test"; test("good", () => gone());`), 1);
  assert.equal(ends("syntax.test.ts", `test("good", () => {);`), 1);
  assert.equal(ends("none.test.ts", ""), 1);
});
