import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { answeringServer, cli, PROGRAM, temporaryFolder } from "@noetl/sdk/testing";
import { commands } from "../commands.ts";
import { knownCommands } from "../plugins/known.ts";
import { complete } from "./complete.ts";
import { ARGUMENTS } from "./kinds.ts";
import { completionScript, SHELLS } from "./scripts.ts";

const input = {
  commands: new Map([
    ["run", "run a playbook"],
    ["runs", "list runs"],
    ["credential get", "it's: shown"],
    ["credential list", "list them"],
  ]),
  topics: new Map([["credential", "secrets"]]),
};

const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;
const FLOW = "workflow:\n  - step: load\n    tool: {kind: noop}\n  - {step: end, tool: {kind: noop}}\n";

/** A folder with playbooks, two contexts, and a server that is asked through `run`. */
async function place(t: TestContext, serverUrl: string) {
  const home = await temporaryFolder(t);
  await mkdir(join(home, "flows"));
  await mkdir(join(home, ".noetl"));
  await writeFile(join(home, "flows/etl.yaml"), FLOW);
  await writeFile(join(home, "notes.txt"), "");
  const contexts = { prod: { server_url: serverUrl }, pre: { server_url: serverUrl } };
  await writeFile(join(home, ".noetl/config.yaml"), JSON.stringify({ current_context: "prod", contexts }));
  const env = { NOETL_HOME: join(home, ".noetl") };
  const troubles: unknown[] = [];
  const around = { env, flags: {}, cwd: home, patienceMs: 1_500, known: knownCommands(env) };
  const completion = (...words: string[]) =>
    complete(words.slice(0, -1), words.at(-1) ?? "", { ...around, trouble: (error) => troubles.push(error) });
  const ask = async (...words: string[]) => (await completion(...words)).words;
  const wantsFiles = async (...words: string[]) => (await completion(...words)).files;
  return { home, ask, wantsFiles, troubles };
}

const SERVER = {
  "POST /api/catalog/list": [200, { entries: [{ path: "demo/orders", kind: "Playbook", version: 3 }] }],
  "GET /api/executions": [200, { items: [{ execution_id: "478775660589088776", status: "RUNNING" }] }],
  "GET /api/credentials": [200, { items: [{ name: "pg_demo", type: "postgres" }] }],
} as const;

test("cli.md §8 #52: commands, flags and their words are completed", async (t) => {
  const { ask } = await place(t, "http://127.0.0.1:9");
  assert.deepEqual(await ask("cred"), ["credential"]);
  assert.deepEqual(await ask("--json", "credential", "l"), ["list"]);
  assert.deepEqual(await ask("run", "--seq"), ["--sequential"]);
  assert.deepEqual(await ask("run", "-r", ""), ["auto", "distributed", "local"]);
  assert.deepEqual(await ask("run", "--runtime=l"), ["--runtime=local"]);
  assert.deepEqual(await ask("completion", "z"), ["zsh"]);
  assert.deepEqual(await ask("help", "context", "us"), ["use"]);
  assert.deepEqual(await ask("nonsense", ""), []);
});

test("files, steps, contexts, catalog paths, executions and credentials are completed", async (t) => {
  const { url } = await answeringServer(t, SERVER);
  const { ask } = await place(t, url);
  assert.deepEqual(await ask("run", ""), ["demo/orders", "flows/"]);
  assert.deepEqual(await ask("run", "flows/"), ["flows/etl.yaml"]);
  assert.deepEqual(await ask("run", "flows/etl.yaml", ""), ["end", "load"]);
  assert.deepEqual(await ask("run", "flows/etl.yaml", "--target=l"), ["--target=load"]);
  assert.deepEqual(await ask("context", "use", ""), ["pre", "prod"]);
  assert.deepEqual(await ask("status", "--context", "pro"), ["prod"]);
  assert.deepEqual(await ask("status", "--context", "=", "pro"), ["prod"]);
  assert.deepEqual(await ask("execute", "playbook", "d"), ["demo/orders"]);
  assert.deepEqual(await ask("execute", "status", "4"), ["478775660589088776"]);
  assert.deepEqual(await ask("credential", "get", ""), ["pg_demo"]);
  assert.deepEqual(await ask("catalog", "diff", "demo/orders", ""), []);
});

test("the server that the line names is asked, not the current one", async (t) => {
  const { url } = await answeringServer(t, SERVER);
  const { ask } = await place(t, "http://127.0.0.1:9");
  assert.deepEqual(await ask("status", ""), []);
  assert.deepEqual(await ask("status", "--server-url", url, ""), ["478775660589088776"]);
  assert.deepEqual(await ask("--server-url", url, "status", ""), ["478775660589088776"]);
  const inBash = ["status", "--server-url", "=", ...url.split(/(:)/), ""];
  assert.deepEqual(await ask(...inBash), ["478775660589088776"]);
});

test("files are for the shell where a file may stand, and nowhere else", async (t) => {
  const { wantsFiles, ask } = await place(t, "http://127.0.0.1:9");
  for (const line of [
    ["run", "~/"],
    ["run", "--input", ""],
    ["run", "--input=no"],
    ["register", "credential", ""],
  ]) {
    assert.equal(await wantsFiles(...line), true, line.join(" "));
  }
  for (const line of [
    ["status", ""],
    ["credential", "get", ""],
    ["catalog", "list", ""],
    ["cancel", "--reason", ""],
    ["run", ""],
  ]) {
    assert.equal(await wantsFiles(...line), false, line.join(" "));
  }
  assert.ok((await ask("config", "get", "")).includes("data_folder"));
  assert.ok(!(await ask("config", "set", "")).includes("data_folder"));
});

test("a server that does not answer costs its values and a moment, nothing else", async (t) => {
  const never = await answeringServer(t, { "POST /api/catalog/list": () => new Promise(() => {}) });
  const { ask } = await place(t, never.url);
  assert.deepEqual(await ask("run", ""), ["flows/"]);
  const { ask: refused, troubles } = await place(t, "http://127.0.0.1:9");
  assert.deepEqual(await refused("run", ""), ["flows/"]);
  assert.ok(troubles.length > 0);
});

test("noetl complete prints a word a line and is silent about what is wrong", async (t) => {
  const { home } = await place(t, "http://127.0.0.1:9");
  const asked = await cli(["complete", "--typed=", "--", "status"], {
    home,
    env: { NOETL_HOME: join(home, ".noetl") },
  });
  assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, "", ""]);
  const { stdout } = await cli(["complete", "--typed=fl", "--", "run"], {
    home,
    env: { NOETL_HOME: join(home, ".noetl") },
  });
  assert.equal(stdout, "flows/\n");
});

test("bash completes through its script", { skip: !has("bash") && "no bash here" }, async (t) => {
  const { home } = await place(t, "http://127.0.0.1:9");
  const program = join(home, "noetl");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  await chmod(program, 0o755);
  const script = completionScript("bash", input);
  const ask = async (...words: string[]) => {
    const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _noetl; echo "\${COMPREPLY[@]}"`;
    const env = { PATH: process.env.PATH, NOETL_HOME: join(home, ".noetl") };
    const child = spawn("bash", ["--norc", "-c", `${script}\n${line}`], {
      cwd: home,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.equal(stderr, "");
    return stdout.trim();
  };
  assert.equal(await ask("noetl", "ru"), "run runs");
  assert.equal(await ask("noetl", "credential", ""), "get list");
  assert.equal(await ask(program, "context", "use", "pr"), "pre prod");
  assert.equal(await ask(program, "status", "--context", "=", "pro"), "prod");
  assert.equal(await ask(program, "run", "--input", "note"), "notes.txt");
});

for (const shell of ["zsh", "fish"] as const) {
  test(`${shell} accepts its script`, { skip: !has(shell) && `no ${shell} here` }, async (t) => {
    // A file: fish does not read the kind of stdin that Node gives.
    const file = join(await temporaryFolder(t), `noetl.${shell}`);
    await writeFile(file, completionScript(shell, input));
    const { stderr, status } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    assert.equal(stderr, "");
    assert.equal(status, 0);
  });
}

test("summaries cannot break out of their quotes, and every script asks for what it does not know", () => {
  assert.doesNotMatch(completionScript("zsh", input), /it's/);
  assert.doesNotMatch(completionScript("fish", input), /it's/);
  for (const shell of SHELLS) assert.match(completionScript(shell, input), / complete "--typed=\$/, shell);
});

test("what is known of arguments is known of commands that there are", () => {
  for (const id of Object.keys(ARGUMENTS)) assert.ok(commands[id], id);
});
