import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cli, REPOSITORY, temporaryFolder } from "@noetl/sdk/testing";
import type { Diagnosis } from "./doctor.ts";
import { programs } from "./machine.ts";

/** Every file that starts programs → the ones it starts that may be missing. */
const STARTING: { readonly [file: string]: readonly string[] } = {
  // Whatever opens a browser: without one the address was printed.
  "cli/src/auth/browser.ts": [],
  "cli/src/contexts/port-forward.ts": ["kubectl"],
  // It only asks for versions.
  "cli/src/doctor/machine.ts": [],
  // Node or this program itself.
  "cli/src/plugins/child/start.ts": [],
  "cli/src/plugins/install/npm.ts": ["npm"],
  "plugin-k8s/src/exec/exec.ts": ofKubernetes(),
  "plugin-process/src/processes/foreground.ts": ["python", "python3"],
  "plugin-process/src/processes/port.ts": process.platform === "win32" ? [] : ["lsof"],
  "plugin-process/src/processes/spawn.ts": ["python", "python3"],
  // This program itself.
  "plugin-tui/src/source/local/program.ts": [],
  // Node itself.
  "sdk/src/plugin/host/load-error.ts": [],
  // Without one everything is printed at once.
  "sdk/src/pager.ts": [],
  // taskkill, which every Windows has.
  "tools/src/process/group.ts": [],
  "tools/src/process/run.ts": ["bash", ...ofSteps()],
  "tools/src/python/interpreter.ts": ["python", "python3"],
};

function sources(pattern: string): { file: string; text: string }[] {
  return globSync(pattern, { cwd: join(REPOSITORY, "packages") })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => !/\.test\.ts$|\/testing\//.test(file))
    .map((file) => ({ file, text: readFileSync(join(REPOSITORY, "packages", file), "utf8") }));
}

/** First words of argument arrays, the engines of a build, and the programs that errors tell how to install. */
function ofKubernetes(): string[] {
  const patterns = [
    /\bargv: \[\s*"([\w.-]+)"/g,
    /\brun\("([\w.-]+)"/g,
    /=> \["([\w.-]+)", "--context"/g,
    /\bENGINES = \["([\w.-]+)", "([\w.-]+)", "([\w.-]+)"\]/g,
    /^ {2}([\w.-]+): "(?:install|use)/gm,
  ];
  const texts = sources("plugin-k8s/src/{build,cluster,deploy,exec,image,observe,reset}/*.ts").map(({ text }) => text);
  return [...new Set(patterns.flatMap((each) => texts.flatMap((text) => [...text.matchAll(each)])).flatMap(words))];
}

function ofSteps(): string[] {
  const calling = sources("tools/src/**/*.ts").filter(({ text }) => text.includes("runProcess({"));
  return calling.flatMap(({ text }) => [...text.matchAll(/\bcommand: "([\w.-]+)"/g)].flatMap(words));
}

function words([, ...found]: RegExpMatchArray): string[] {
  return found;
}

test("cli.md §8 #47: doctor knows every program that the sources start", () => {
  const starts = /^import (?!type).* from "(?:node:child_process|execa)"|\bimport\("(?:node:child_process|execa)"\)/m;
  const files = sources("*/src/**/*.ts").filter(({ text }) => starts.test(text));
  assert.deepEqual(files.map(({ file }) => file).sort(), Object.keys(STARTING).sort());

  const known = programs({}).flatMap(({ commands }) => commands.map(([program]) => program));
  const started = new Set(Object.values(STARTING).flat());
  assert.deepEqual([...started].sort(), known.sort());
});

test("cli.md §8 #47: doctor notes each one that is missing, and what needs it", async (t) => {
  const home = await temporaryFolder(t);
  const { code, stdout } = await cli(["doctor", "--json"], { home, env: { PATH: "/nowhere" } });
  const { checks } = JSON.parse(stdout) as Diagnosis;
  assert.equal(code, 0);
  for (const { id, needed } of programs({})) {
    assert.deepEqual(
      checks.filter((check) => check.id === id),
      [{ id, status: "note", detail: "not found", hint: `needed by ${needed}` }],
    );
  }
});
