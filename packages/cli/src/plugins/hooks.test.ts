import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { writePlugin } from "./testing/plugin.ts";

const NOOP = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: quiet, path: test/quiet }
workflow:
  - step: one
    tool: { kind: noop, result: 1 }
`;

/** Appends what it is told to a file beside the plugin. */
const TELL = `import { appendFileSync } from "node:fs";
export default (payload) => appendFileSync(new URL("./told.ndjson", import.meta.url), JSON.stringify(payload) + "\\n");
`;

async function linked(t: TestContext, hooks: { [event: string]: string }, files: { [path: string]: string }) {
  const home = await temporaryFolder(t);
  const folder = await writePlugin(home, { name: "watcher", manifest: { hooks }, files });
  const run = (...args: string[]) => cli(args, { home });
  const { code, stderr } = await run("plugins", "link", folder);
  assert.equal(code, 0, stderr);
  await writeFile(join(home, "quiet.yaml"), NOOP);
  const told = async () => {
    const text = existsSync(join(folder, "told.ndjson")) ? await readFile(join(folder, "told.ndjson"), "utf8") : "";
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  return { run, told };
}

test("hooks are told of a run and of a failed command", async (t) => {
  const hooks = { "run.started": "./tell.js", "run.finished": "./tell.js", "command.failed": "./tell.js" };
  const { run, told } = await linked(t, hooks, { "tell.js": TELL });
  assert.equal((await run("run", "quiet.yaml", "--quiet")).code, 0);
  const payloads = await told();
  assert.equal(payloads.length, 2);
  const finished = payloads.find((one) => one.status !== undefined);
  assert.equal(finished?.status, "COMPLETED");
  assert.equal(finished?.path, "test/quiet");
  assert.ok(payloads.some((one) => one.status === undefined && one.execution_id === finished?.execution_id));

  assert.equal((await run("credential", "get", "nix")).code, 3);
  assert.deepEqual((await told())[2], {
    command: "credential get",
    code: "CREDENTIAL_NOT_FOUND",
    exit: 3,
    message: "there is no credential 'nix' on this machine",
  });
});

test("init is told of every command and waited for by none", async (t) => {
  const { run, told } = await linked(t, { init: "./tell.js" }, { "tell.js": TELL });
  assert.equal((await run("credential", "list")).code, 0);
  for (let tries = 0; tries < 100 && (await told()).length === 0; tries++) await setTimeout(100);
  assert.equal((await told())[0]?.command, "credential list");
  assert.equal((await run("complete", "--", "credential")).code, 0);
  assert.equal((await run("credential", "list")).code, 0);
  for (let tries = 0; tries < 100 && (await told()).length < 2; tries++) await setTimeout(100);
  const commands = (await told()).map(({ command }) => command);
  assert.deepEqual(commands, ["credential list", "credential list"], "a shell that completes begins no command");
});

test("a hook that fails, ends its process or never ends changes neither result nor exit code", async (t) => {
  const files = {
    "throws.js": 'export default () => { throw new Error("no such channel"); };',
    "never.js": "export default () => { for (;;); };",
    "leaves.js": 'console.log("to stdout"); process.exit(3);',
  };
  const hooks = { "run.started": "./throws.js", "run.finished": "./never.js", "command.failed": "./leaves.js" };
  const { run } = await linked(t, hooks, files);
  const { stdout, stderr, code } = await run("run", "quiet.yaml", "--quiet", "--json");
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).result, 1);
  assert.match(stderr, /hook run\.started of plugin watcher failed: no such channel/);
  assert.match(stderr, /hook run\.finished of plugin watcher was stopped after 5 s/);
  const failed = await run("credential", "get", "nix", "--json");
  assert.equal(failed.code, 3);
  assert.equal(JSON.parse(failed.stdout).error.code, "CREDENTIAL_NOT_FOUND");
  assert.match(failed.stderr, /hook command\.failed of plugin watcher failed: .*process\.exit\(3\) is not for plugins/);
});

test("a hook may end its process, leave another one behind, and be told a lot", async (t) => {
  const files = {
    "leaves.js": "export default ({ message }) => process.exit(message.length > 130_000 ? 3 : 0);",
    "spawns.js": `import { spawn } from "node:child_process";
export default () => spawn("sleep", ["30"], { stdio: "ignore", detached: true }).unref();`,
    "tell.js": TELL,
  };
  const hooks = { "run.started": "./spawns.js", "run.finished": "./tell.js", "command.failed": "./leaves.js" };
  const { run, told } = await linked(t, hooks, files);
  const started = Date.now();
  const failed = await run("credential", "get", "x".repeat(131_000));
  assert.equal(failed.code, 3);
  assert.match(failed.stderr, /hook command\.failed of plugin watcher ended its process/);
  assert.equal((await run("run", "quiet.yaml", "--quiet")).code, 0);
  assert.equal((await told()).at(-1)?.status, "COMPLETED");
  assert.ok(Date.now() - started < 25_000, "nobody waits for what a hook left behind");
});
