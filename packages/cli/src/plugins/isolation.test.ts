import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { echoTool, playbookWith, sayCommand, writePlugin, writeText } from "./testing/plugin.ts";

const manifest = (name: string) => ({
  commands: { [`${name}:say`]: { summary: "say it", file: "./say.js" } },
  tools: { [`${name}_echo`]: { file: "./echo.js" } },
});

async function linked(t: TestContext, names: readonly string[]) {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home });
  for (const name of names) {
    const files = { "say.js": sayCommand(name), "echo.js": echoTool(`${name}_echo`) };
    const folder = await writePlugin(home, { name, manifest: manifest(name), files });
    const { code, stderr } = await run("plugins", "link", folder);
    assert.equal(code, 0, stderr);
    await writeFile(join(home, `${name}.yaml`), playbookWith(`${name}_echo`));
  }
  return { home, run };
}

test("a plugin that throws when it is loaded breaks only its own commands and tools", async (t) => {
  const { home, run } = await linked(t, ["good", "bad"]);
  for (const file of ["say.js", "echo.js"])
    await writeText(join(home, "bad", file), 'throw new Error("broken on purpose");');

  const validated = await run("validate", "bad.yaml");
  assert.equal(validated.code, 0, "what was known of it still counts");
  assert.match(validated.stderr, /plugin bad is used as it was before its last change: .*broken on purpose/);
  assert.equal((await run("validate", "bad.yaml")).stderr, "", "told once");
  assert.match((await run("plugins", "list", "--json")).stdout, /"problem":".*broken on purpose/);

  assert.equal((await run("good", "say")).stdout, "good\n");
  assert.equal((await run("run", "good.yaml", "--quiet")).code, 0);
  assert.match((await run("--help")).stdout, /^ +bad +commands of plugin bad$/m);
  assert.match((await run("bad", "say", "--help")).stdout, /say it/);

  const called = await run("bad", "say");
  assert.equal(called.code, 1);
  assert.match(called.stderr, /plugin 'bad' cannot be loaded: broken on purpose/);
  const ran = await run("run", "bad.yaml", "--json");
  assert.equal(ran.code, 5);
  const { error } = JSON.parse(ran.stdout) as { error: { kind: string; message: string } };
  assert.equal(error.kind, "configuration");
  assert.match(error.message, /broken on purpose/);
  const inspected = await run("plugins", "inspect", "bad");
  assert.equal(inspected.code, 1);
  assert.match(inspected.stdout, /FAIL {2}.*broken on purpose/);
});

test("a slow plugin is loaded by nothing but a call of its own", async (t) => {
  const { home, run } = await linked(t, ["good", "slow"]);
  const trace = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(join(home, "loaded"))}, "");`;
  const files = { "say.js": trace + sayCommand("slow"), "echo.js": echoTool("slow_echo", trace) };
  for (const [file, text] of Object.entries(files)) await writeText(join(home, "slow", file), text);
  // Reads the changed link once; from here on nobody asked for it.
  await run("validate", "good.yaml");
  const { unlink } = await import("node:fs/promises");
  await unlink(join(home, "loaded"));

  for (const args of [
    ["good", "say"],
    ["slow", "say", "--help"],
    ["validate", "slow.yaml"],
    ["schema"],
    ["run", "good.yaml"],
  ]) {
    assert.equal((await run(...args)).code, 0, args.join(" "));
    assert.equal(existsSync(join(home, "loaded")), false, args.join(" "));
  }
  assert.match((await run("completion", "bash")).stdout, /"slow"\) words="say"/);
  assert.equal((await run("run", "slow.yaml", "--quiet")).code, 0);
  assert.equal(existsSync(join(home, "loaded")), true);
});

test("a module that never ends loading is given up", async (t) => {
  const { home, run } = await linked(t, ["good", "stuck"]);
  await writeText(join(home, "stuck/echo.js"), "for (;;);");
  const { code, stderr } = await run("validate", "good.yaml");
  assert.equal(code, 0);
  assert.match(stderr, /plugin stuck is used as it was .*not loaded after 5 s/);
  assert.equal((await run("validate", "good.yaml")).stderr, "");
});

test("a manifest that breaks after linking breaks nothing else", async (t) => {
  const { home, run } = await linked(t, ["good", "bad"]);
  await writeText(join(home, "bad/package.json"), "{ not json");
  const { code, stderr } = await run("validate", "good.yaml");
  assert.equal(code, 0);
  assert.match(stderr, /plugin bad .*not JSON/);
  assert.equal((await run("good", "say")).stdout, "good\n");
  assert.match((await run("bad", "say")).stderr, /plugin 'bad' cannot be loaded/);
});

test("a list of plugins that cannot be read is told, kept, and stops nothing else", async (t) => {
  const { home, run } = await linked(t, ["good"]);
  await writeText(join(home, "data/plugins/plugins.json"), "{");
  assert.equal((await run("completion", "bash")).code, 0);
  assert.match((await run("plugins", "list")).stderr, /plugins\.json/);
  const again = await run("plugins", "link", "good");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /the list of plugins cannot be read/);
});

test("NOETL_PLUGINS=off runs the program without any", async (t) => {
  const { home } = await linked(t, ["good"]);
  const { code } = await cli(["good", "say"], { home, env: { NOETL_PLUGINS: "off" } });
  assert.equal(code, 127);
});
