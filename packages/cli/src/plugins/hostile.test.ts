import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { echoTool, playbookWith, sayCommand, writePlugin, writeText } from "./testing/plugin.ts";

const MANIFEST = {
  commands: { "bad:say": { summary: "say it", file: "./say.js" } },
  tools: { bad_echo: { file: "./echo.js" } },
};

/** A plugin that was fine when it was linked; `spoil` puts this before all of its code. */
async function linked(t: TestContext) {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home });
  const files = { "say.js": sayCommand("fine"), "echo.js": echoTool("bad_echo") };
  const folder = await writePlugin(home, { name: "bad", manifest: MANIFEST, files });
  const { code, stderr } = await run("plugins", "link", folder);
  assert.equal(code, 0, stderr);
  await writeText(join(home, "bad.yaml"), playbookWith("bad_echo"));
  const spoil = async (first: string) => {
    for (const [file, text] of Object.entries(files)) await writeText(join(folder, file), `${first}\n${text}`);
  };
  return { home, folder, run, spoil };
}

test("what a plugin prints while it is loaded, or its tool while it works, spoils no document", async (t) => {
  const { folder, run, spoil } = await linked(t);
  await spoil('console.log("GARBAGE"); process.stdout.write("MORE\\n");');
  const said = await run("bad", "say", "--json");
  assert.deepEqual(JSON.parse(said.stdout), { schema: "noetl.bad.say/1", said: "fine" });
  assert.match(said.stderr, /GARBAGE\nMORE/);
  assert.equal((await run("bad", "say")).stdout, "fine\n");

  const chatty = echoTool("bad_echo").replace("(config) =>", '(config) => console.log("CHAT") ??');
  await writeText(join(folder, "echo.js"), chatty);
  const ran = await run("run", "bad.yaml", "--json", "--quiet");
  assert.deepEqual(JSON.parse(ran.stdout).result, { said: "hi" }, ran.stderr);
  assert.match(ran.stderr, /CHAT/);
});

test("a plugin that ends the process while it is loaded does not end it", async (t) => {
  const { folder, run, spoil } = await linked(t);
  await spoil("process.exit(0);");
  const said = await run("bad", "say");
  assert.equal(said.code, 1);
  assert.match(said.stderr, /plugin 'bad' cannot be loaded: process\.exit\(0\) is not for plugins \(say\.js:1\)/);
  assert.match(said.stderr, /Hint: .*noetl plugins inspect bad/);
  const ran = await run("run", "bad.yaml", "--json", "--quiet");
  assert.equal(ran.code, 5);
  assert.match(JSON.parse(ran.stdout).error.message, /process\.exit\(0\) is not for plugins/);

  const leaving = echoTool("bad_echo").replace("(config) =>", "(config) => process.exit(0) ??");
  await writeText(join(folder, "echo.js"), leaving);
  const left = await run("run", "bad.yaml", "--json", "--quiet");
  assert.equal(left.code, 5);
  assert.match(JSON.parse(left.stdout).error.message, /process\.exit\(0\) is not for plugins/);
});

test("what a tool throws where nobody waits for it does not end the run", async (t) => {
  const { folder, run } = await linked(t);
  const stray = `setTimeout(() => { throw new Error("stray"); }, 10);
Promise.reject(new Error("astray"));
await new Promise((resolve) => setTimeout(resolve, 100));`;
  const tool = echoTool("bad_echo").replace("(config) =>", `async (config) => {${stray} return`);
  await writeText(join(folder, "echo.js"), tool.replace("({ said: config.say })", "({ said: config.say }); }"));
  const ran = await run("run", "bad.yaml", "--json", "--quiet");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout).result, { said: "hi" });
  assert.match(ran.stderr, /a plugin threw where nobody waits for it: astray\n +at .*echo\.js:/);
  assert.match(ran.stderr, /a plugin threw where nobody waits for it: stray\n/);
});

test("a syntax error is told with its file and line, also in what a module imports", async (t) => {
  const { home, folder, run, spoil } = await linked(t);
  await writeText(join(folder, "say.js"), "\nlet b = ;\n");
  const said = await run("bad", "say");
  assert.equal(said.code, 1);
  assert.match(said.stderr, /plugin 'bad' cannot be loaded: Unexpected token ';' \(say\.js:2\)/);
  await spoil('import "./lib/deep.js";');
  await writeText(join(folder, "lib/deep.js"), "const = 1;\n");
  assert.match((await run("bad", "say")).stderr, /Unexpected token '=' \(lib.deep\.js:1\)/);
  await writeText(join(folder, "lib/deep.js"), '\n\nthrow new Error("no luck");\n');
  assert.match((await run("plugins", "inspect", "bad")).stdout, /FAIL {2}.*no luck \(lib.deep\.js:3\)/);
  await writeText(join(home, "good.yaml"), playbookWith("noop").replace("say:", "result:"));
  assert.equal((await run("run", "good.yaml", "--quiet")).code, 0);
});

test("a plugin for another SDK is told apart from a broken one", async (t) => {
  const { folder, run, spoil } = await linked(t);
  await spoil('import { Novelty } from "@noetl/sdk";');
  const manifest = { name: "bad", version: "1.0.0", type: "module", devDependencies: { "@noetl/sdk": ">=9.1" } };
  await writeText(join(folder, "package.json"), JSON.stringify({ ...manifest, noetl: { api: 1, ...MANIFEST } }));
  const said = await run("bad", "say");
  assert.equal(said.code, 1);
  assert.match(said.stderr, /'@noetl\/sdk' does not provide an export named 'Novelty' \(say\.js:1\)/);
  assert.match(said.stderr, /Hint: .* was made for @noetl\/sdk >=9\.1; update noetl or the plugin/);

  await writeText(join(folder, "package.json"), JSON.stringify({ ...manifest, noetl: { api: 2, ...MANIFEST } }));
  const again = await run("plugins", "link", folder);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /made for plugin interface 2, this program has 1[\s\S]*update noetl or the plugin/);
});

test("a command that never ends loading ends with Ctrl-C, a tool that blocks its run by itself", async (t) => {
  const { run, home, spoil } = await linked(t);
  await spoil("for (;;);");
  const stuck = await cli(["bad", "say"], {
    home,
    during: (child) => void setTimeout(() => child.kill("SIGINT"), 2_000),
  });
  assert.equal(stuck.signal, "SIGINT");
  const ran = await run("run", "bad.yaml", "--quiet");
  assert.equal(ran.signal, "SIGKILL");
  assert.match(ran.stderr, /plugin 'bad' blocked this process while \.\/echo\.js was loaded/);
  for (const args of [["--help"], ["bad", "say", "--help"], ["complete", "bad"], ["completion", "bash"]]) {
    const started = Date.now();
    assert.equal((await run(...args)).code, 0, args.join(" "));
    assert.ok(Date.now() - started < 5_000, args.join(" "));
  }
});

test("a plugin that meddles with its check, or leaves a process behind, confuses nobody", async (t) => {
  const { folder, run, spoil } = await linked(t);
  await spoil('import { writeSync } from "node:fs"; try { writeSync(3, "junk"); } catch {}');
  assert.equal((await run("plugins", "link", folder)).code, 0);
  await spoil('import { writeSync } from "node:fs"; writeSync(3, "junk"); process.reallyExit(0);');
  const junk = await run("plugins", "link", folder);
  assert.equal(junk.code, 1);
  assert.match(junk.stderr, /plugin 'bad': it ended the process \(0\)/);

  const started = Date.now();
  const child = '"sleep", ["30"], { stdio: "inherit", detached: true }';
  await spoil(`import { spawn } from "node:child_process"; spawn(${child}).unref();`);
  assert.equal((await run("plugins", "link", folder)).code, 0);
  assert.ok(Date.now() - started < 25_000);
});

test("a linked folder that is gone, and a plugin that was removed, are named with the way to mend it", async (t) => {
  const { folder, run } = await linked(t);
  await rm(folder, { recursive: true });
  const said = await run("bad", "say");
  assert.equal(said.code, 1);
  assert.match(said.stderr, /plugin 'bad' cannot be loaded: its folder .* is gone/);
  assert.match(said.stderr, /Hint: put it back, or noetl plugins uninstall bad/);
  const ran = await run("run", "bad.yaml", "--json", "--quiet");
  assert.equal(ran.code, 5);
  assert.match(JSON.parse(ran.stdout).error.message, /its folder .* is gone/);
  assert.match((await run("plugins", "inspect", "bad")).stdout, /FAIL {2}.*is gone/);
  const updated = await run("plugins", "update", "bad");
  assert.equal(updated.code, 1);
  assert.match(updated.stderr, /is gone/);

  assert.equal((await run("plugins", "uninstall", "bad")).code, 0);
  const validated = await run("validate", "bad.yaml");
  assert.match(validated.stdout, /unknown tool kind 'bad_echo'[\s\S]*hint: .*noetl plugins install/);
  const refused = await run("run", "bad.yaml");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Step 'echo': unknown tool kind bad_echo/);
  assert.match(refused.stderr, /Hint: .*noetl plugins install/);
});
