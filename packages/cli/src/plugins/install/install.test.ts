import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { sayCommand, writePlugin, writeText } from "../testing/plugin.ts";
import { testRegistry } from "../testing/registry.ts";
import { tarball } from "../testing/tarball.ts";

const skip = spawnSync("npm", ["--version"]).status !== 0 && "no npm here";
const COMMANDS = { "acme:say": { summary: "say it", file: "./say.js" } };

/** A package as npm packs one. */
function packed(version: string, says: string, more: { content?: object; files?: { [path: string]: string } } = {}) {
  const content = { name: "acme", version, type: "module", noetl: { api: 1, commands: COMMANDS }, ...more.content };
  return tarball({
    "package/package.json": JSON.stringify(content),
    "package/say.js": sayCommand(says),
    ...more.files,
  });
}

async function machine(t: TestContext, env: Record<string, string> = { npm_config_offline: "true" }) {
  const home = await temporaryFolder(t);
  const plugins = join(home, "data/plugins");
  const run = (...args: string[]) => cli(args, { home, env });
  const left = async () => (existsSync(plugins) ? (await readdir(plugins)).sort() : []);
  return { home, plugins, run, left };
}

test("a package of a registry is installed, updated to what was asked for, and removed", { skip }, async (t) => {
  const registry = await testRegistry(t);
  const { run, left } = await machine(t, registry.env);
  registry.publish("acme", "1.0.0", packed("1.0.0", "one"));
  const installed = await run("plugins", "install", "acme@^1", "--json");
  assert.equal(installed.code, 0, installed.stdout);
  assert.equal((await run("acme", "say")).stdout, "one\n");
  registry.publish("acme", "1.1.0", packed("1.1.0", "one and a bit"));
  registry.publish("acme", "2.0.0", packed("2.0.0", "two"));
  const updated = await run("plugins", "update", "acme", "--json");
  assert.deepEqual(JSON.parse(updated.stdout).updates, [{ name: "acme", from: "1.0.0", to: "1.1.0" }]);
  assert.equal((await run("acme", "say")).stdout, "one and a bit\n");
  assert.equal((await run("plugins", "install", "acme")).code, 0);
  assert.equal((await run("acme", "say")).stdout, "two\n");
  assert.equal((await run("plugins", "uninstall", "acme")).code, 0);
  assert.deepEqual(await left(), ["plugins.json"]);
  const missing = await run("plugins", "install", "acme-that-is-not");
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /npm could not install it: Not Found - GET \S+acme-that-is-not/);
  assert.deepEqual(await left(), ["plugins.json"]);
});

test("an archive that is not what the registry says it is does not come in", { skip }, async (t) => {
  const registry = await testRegistry(t);
  const { run, left } = await machine(t, registry.env);
  registry.publish("acme", "1.0.0", packed("1.0.0", "evil"), packed("1.0.0", "good"));
  const refused = await run("plugins", "install", "acme");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /integrity/i);
  assert.deepEqual(await left(), []);
});

test("other content under a version that is installed is refused", { skip }, async (t) => {
  const registry = await testRegistry(t);
  const { home, run } = await machine(t, registry.env);
  registry.publish("acme", "1.0.0", packed("1.0.0", "good"));
  assert.equal((await run("plugins", "install", "acme")).code, 0);
  registry.publish("acme", "1.0.0", packed("1.0.0", "evil"));
  for (const args of [
    ["update", "acme"],
    ["install", "acme"],
  ]) {
    const refused = await run("plugins", ...args);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /acme@1\.0\.0 is not what was installed before under that version/);
    assert.equal((await run("acme", "say")).stdout, "good\n");
  }
  const archive = join(home, "acme.tgz");
  await writeFile(archive, packed("1.0.0", "good"));
  assert.equal((await run("plugins", "install", archive)).code, 0, "a file that is named is meant");
  await writeFile(archive, packed("1.0.0", "evil"));
  assert.match((await run("plugins", "update", "acme")).stderr, /not what was installed before/);
});

test("files that were changed after installation are told, and an update puts them right", { skip }, async (t) => {
  const { home, plugins, run } = await machine(t);
  const archive = join(home, "acme.tgz");
  await writeFile(archive, packed("1.0.0", "good"));
  assert.equal((await run("plugins", "install", archive)).code, 0);
  assert.equal((await run("plugins", "inspect", "acme")).code, 0);
  await writeText(join(plugins, "acme/node_modules/acme/say.js"), sayCommand("evil"));
  const inspected = await run("plugins", "inspect", "acme");
  assert.equal(inspected.code, 1);
  assert.match(inspected.stdout, /FAIL {2}its files are not those that were installed/);
  assert.match((await run("doctor")).stdout, /plugins .*acme was changed after it was installed/);
  assert.equal((await run("plugins", "update", "acme")).code, 0);
  assert.equal((await run("plugins", "inspect", "acme")).code, 0);
  assert.equal((await run("acme", "say")).stdout, "good\n");
});

test("no script of a plugin or of what it depends on runs unasked", { skip }, async (t) => {
  const registry = await testRegistry(t);
  const { home, run } = await machine(t, registry.env);
  const mark = (name: string) => `node -e "require('fs').writeFileSync('${join(home, name)}', '')"`;
  const names = ["preinstall", "install", "postinstall", "prepare", "prepack", "postpack", "prepublish"];
  const scripts = Object.fromEntries(names.map((name) => [name, mark(`ran-${name}`)]));
  const below = { name: "below", version: "1.0.0", scripts: { postinstall: mark("ran-below") } };
  registry.publish("below", "1.0.0", tarball({ "package/package.json": JSON.stringify(below) }));
  const folder = await writePlugin(home, {
    name: "acme",
    manifest: { commands: COMMANDS },
    files: { "say.js": sayCommand("x") },
  });
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ ...manifest, files: ["say.js"], scripts, dependencies: { below: "1" } }),
  );
  const installed = await run("plugins", "install", "./acme");
  assert.equal(installed.code, 0, installed.stderr);
  assert.ok(registry.asked.some((path) => path.startsWith("/below/-/")));
  assert.deepEqual(
    (await readdir(home)).filter((name) => name.startsWith("ran-")),
    [],
  );
});

test("what is no plugin is refused and leaves nothing", { skip }, async (t) => {
  const { home, run, left } = await machine(t);
  const cases: [Buffer, number, RegExp][] = [
    [packed("1.0.0", "x", { content: { noetl: undefined } }), 2, /plugin 'acme': package\.json has no section 'noetl'/],
    [
      packed("1.0.0", "x", {
        content: { noetl: { api: 1, commands: { "acme:say": { summary: "s", file: "./../x.js" } } } },
      }),
      2,
      /needs a file inside the plugin/,
    ],
    [packed("1.0.0", "x", { content: { name: "../../evil" } }), 1, /name/i],
    [tarball({}), 1, /npm could not install it/],
    [Buffer.from("no archive"), 1, /npm could not install it/],
  ];
  for (const [archive, code, words] of cases) {
    await writeFile(join(home, "acme.tgz"), archive);
    const refused = await run("plugins", "install", "./acme.tgz");
    assert.equal(refused.code, code, refused.stderr);
    assert.match(refused.stderr, words);
    assert.deepEqual(await left(), []);
  }
  const named = await writePlugin(home, { name: "odd", manifest: {} });
  await writeFile(join(named, "package.json"), JSON.stringify({ name: "../../evil", noetl: { api: 1 } }));
  const linked = await run("plugins", "link", "odd");
  assert.equal(linked.code, 2);
  assert.match(linked.stderr, /"\.\.\/\.\.\/evil" is no name for a package/);
});

test("an archive cannot write outside of its folder", { skip }, async (t) => {
  const { home, run } = await machine(t);
  const files = { "package/../../../../evil.js": "1", "/tmp/noetl-evil.js": "1", "package/../evil.js": "1" };
  await writeFile(join(home, "acme.tgz"), packed("1.0.0", "good", { files }));
  await run("plugins", "install", "./acme.tgz");
  const written = await readdir(home, { recursive: true });
  for (const path of written.filter((one) => one.endsWith("evil.js"))) {
    assert.match(path, /^data.plugins.acme.node_modules.acme./, "inside of the package at most");
  }
  assert.equal(existsSync("/tmp/noetl-evil.js"), false);
});

test("the npm settings of a user do not matter", { skip }, async (t) => {
  const { home, run } = await machine(t);
  await writeFile(join(home, "acme.tgz"), packed("1.0.0", "good"));
  const settings = ["package-lock=false", "save=false", "global=true", "dry-run=true", "save-dev=true"];
  await writeFile(join(home, ".npmrc"), `${settings.join("\n")}\nlockfile-version=1\nworkspaces=true\n`);
  const installed = await run("plugins", "install", "./acme.tgz");
  assert.equal(installed.code, 0, installed.stderr);
  assert.equal((await run("acme", "say")).stdout, "good\n");
  assert.match((await run("plugins", "inspect", "acme")).stdout, /integrity sha512-/);
});

test("an installation that is interrupted leaves everything as it was", { skip }, async (t) => {
  const registry = await testRegistry(t);
  const { home, run, left } = await machine(t, registry.env);
  registry.publish("acme", "1.0.0", packed("1.0.0", "good"));
  assert.equal((await run("plugins", "install", "acme")).code, 0);
  const before = await left();
  registry.hang();
  const asked = registry.asked.length;
  const cut = (signal: NodeJS.Signals) =>
    cli(["plugins", "update", "acme"], {
      home,
      env: registry.env,
      during: async (child) => {
        while (registry.asked.length === asked) await setTimeout(50);
        child.kill(signal);
      },
    });
  const interrupted = await cut("SIGINT");
  assert.equal(interrupted.code, 130);
  assert.match(interrupted.stderr, /interrupted; nothing was changed/);
  assert.deepEqual(await left(), before);
  assert.equal((await run("acme", "say")).stdout, "good\n");
});

test("what a killed installation left behind is put right by the next change", { skip }, async (t) => {
  const { home, plugins, run, left } = await machine(t);
  const archive = join(home, "acme.tgz");
  await writeFile(archive, packed("1.0.0", "good"));
  assert.equal((await run("plugins", "install", archive)).code, 0);
  // Cut off between taking the old folder away and putting the new one there.
  await rename(join(plugins, "acme"), join(plugins, ".old-acme"));
  await mkdir(join(plugins, ".new-999999999-x/node_modules"), { recursive: true });
  const other = await writePlugin(home, { name: "other", manifest: {} });
  assert.equal((await run("plugins", "link", other)).code, 0);
  assert.deepEqual(await left(), ["acme", "plugins.json"]);
  assert.equal((await run("acme", "say")).stdout, "good\n");
  // Cut off before the list was written: it describes the old one.
  await rename(join(plugins, "acme"), join(plugins, ".old-acme"));
  await writeText(join(plugins, "acme/node_modules/acme/say.js"), sayCommand("half"));
  assert.equal((await run("plugins", "uninstall", "other")).code, 0);
  assert.equal((await run("acme", "say")).stdout, "good\n");
  assert.equal((await run("plugins", "inspect", "acme")).code, 0);
});
