import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import * as known from "../../packages/cli/src/commands.ts";
import { helpText } from "../../packages/cli/src/conduct/help-text.ts";
import { behavesLikeNoetl } from "./behaviour.ts";
import { type Installed, installPacked } from "./installed.ts";
import { behavesWithServices } from "./services-behaviour.ts";

let installed: Installed;
before(async () => {
  installed = await installPacked({ withBinary: false });
});
after(() => installed?.remove());

behavesLikeNoetl("bundle", () => installed);
behavesWithServices(() => installed);

test("the package has no dependency, no script to run at installation, and both names", async () => {
  const folder = join(installed.folder, "app", "node_modules");
  const package_ = JSON.parse(await readFile(join(folder, "@noetl", "cli", "package.json"), "utf8"));
  assert.deepEqual(Object.keys(package_.bin), ["noetl", "ntl"]);
  for (const key of ["dependencies", "scripts", "devDependencies"]) assert.equal(package_[key], undefined, key);
  assert.equal(package_.engines.node, ">=22.15");
  assert.deepEqual(
    (await readdir(folder)).filter((name) => !name.startsWith(".")),
    ["@noetl"],
  );
  assert.deepEqual(await readdir(join(folder, "@noetl")), ["cli"]);
});

test("help of every command and topic is what oclif draws", async () => {
  const { run } = installed;
  const versionLine = (await run(["--version"])).stdout.trim();
  const ids = ["", ...new Set([...Object.keys(known.topics), ...Object.keys(known.commands)])];
  const differs: string[] = [];
  const check = async (id: string) => {
    const words = id === "" ? [] : id.split(":");
    // `execute` is a topic and short for one of its commands.
    const meant = (known.aliases[id] ?? id).split(":");
    const wanted = await helpText(id === "" ? [] : meant, {
      bin: "noetl",
      known,
      width: 100,
      color: false,
      versionLine,
    });
    const { stdout } = await run([...words, "--help"]);
    if (stdout !== wanted) differs.push(id);
  };
  for (let at = 0; at < ids.length; at += 4) await Promise.all(ids.slice(at, at + 4).map(check));
  assert.deepEqual(differs, []);
});

test("help in other spellings is the same page", async () => {
  const { run } = installed;
  const page = (await run(["credential", "get", "--help"])).stdout;
  for (const line of ["help credential get", "credential:get -h", "get credential --help"]) {
    assert.equal((await run(line.split(" "))).stdout, page, line);
  }
  const colored = (await run(["run", "--help"], { env: { FORCE_COLOR: "1" } })).stdout;
  assert.notEqual(colored, stripVTControlCharacters(colored));
});

test("completion scripts are those of the command", async () => {
  const { ownScript } = await import("../../packages/cli/src/completion/own-script.ts");
  for (const shell of ["bash", "zsh", "fish"] as const) {
    assert.equal((await installed.run(["completion", shell])).stdout, ownScript(shell, known));
  }
});

test("answers that are asked for often load next to nothing", async () => {
  const hook = join(installed.folder, "count-loads.cjs");
  const log = join(installed.folder, "loaded.txt");
  await writeFile(
    hook,
    `const { appendFileSync, statSync } = require("node:fs");
     const { fileURLToPath } = require("node:url");
     require("node:module").registerHooks({ load(url, context, next) {
       if (url.startsWith("file:")) appendFileSync(${JSON.stringify(log)}, statSync(fileURLToPath(url)).size + "\\n");
       return next(url, context);
     } });`,
  );
  const loaded = async (line: string) => {
    await writeFile(log, "");
    await installed.run(line.split(" "), { env: { NODE_OPTIONS: `--require ${hook}` } });
    const sizes = (await readFile(log, "utf8")).trim().split("\n").map(Number);
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const whole = await loaded("runs");
  for (const line of ["--version", "--version --json", "--help", "run --help", "help run", "completion zsh"]) {
    assert.ok((await loaded(line)) < whole / 3, `${line}: ${await loaded(line)} of ${whole} bytes`);
  }
});
