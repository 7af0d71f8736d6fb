import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

const hasNpm = spawnSync("npm", ["--version"]).status === 0;
/** No test here may need a network. */
const OFFLINE = { npm_config_offline: "true" };

test("a plugin from its scaffold to a published archive and out again", {
  skip: !hasNpm && "no npm here",
}, async (t) => {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home, env: OFFLINE });
  const folder = join(home, "noetl-weather");

  const made = await run("plugins", "new", "noetl-weather", "--json");
  assert.equal(made.code, 0, made.stderr);
  assert.equal(JSON.parse(made.stdout).tests_ready, true);
  const tests = spawnSync(process.execPath, ["--test"], { cwd: folder, encoding: "utf8", env: { PATH: "" } });
  assert.equal(tests.status, 0, tests.stdout);
  assert.match(tests.stdout, /pass 5\n/);

  const linked = await run("plugins", "link", "noetl-weather");
  assert.equal(linked.code, 0, linked.stderr);
  assert.equal((await run("weather", "hello", "Ada", "--language", "de")).stdout, "Hallo, Ada!\n");
  const document = JSON.parse((await run("weather", "hello", "Ada", "--json")).stdout);
  assert.deepEqual(document, { schema: "noetl.weather.hello/1", name: "Ada", greeting: "Hello, Ada!" });
  const ran = await run("run", "noetl-weather/examples/greet.yaml", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout).result, { greeting: "Hello, Ada!" });

  const packed = spawnSync("npm", ["pack", "--silent"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, HOME: home },
  });
  assert.equal(packed.status, 0, packed.stderr);
  const archive = join(folder, packed.stdout.trim());
  assert.equal((await run("plugins", "uninstall", "noetl-weather")).stdout, "unlinked noetl-weather\n");
  assert.equal((await run("weather", "hello", "Ada")).code, 127);
  assert.ok(existsSync(join(folder, "package.json")), "a link leaves its folder alone");

  const installed = await run("plugins", "install", archive, "--json");
  assert.equal(installed.code, 0, installed.stderr + installed.stdout);
  assert.equal(JSON.parse(installed.stdout).source, "tarball");
  assert.equal((await run("weather", "hello", "Eve")).stdout, "Hello, Eve!\n");
  assert.equal((await run("run", "noetl-weather/examples/greet.yaml", "--quiet")).code, 0);

  const inspected = JSON.parse((await run("plugins", "inspect", "noetl-weather", "--json")).stdout);
  assert.match(inspected.integrity, /^sha512-/);
  assert.deepEqual(inspected.problems, []);
  assert.equal(inspected.schemas.weather_greet.properties.who.description, "whom to greet");
  assert.match(
    await readFile(join(home, "data/plugins/noetl-weather/package-lock.json"), "utf8"),
    /"integrity": "sha512-/,
  );

  assert.equal((await run("plugins", "uninstall", "noetl-weather")).code, 0);
  assert.equal(existsSync(join(home, "data/plugins/noetl-weather")), false);
  assert.equal((await run("plugins", "list")).stdout, "no plugins\n");
});

test("a folder is copied, and update brings what is in it now", { skip: !hasNpm && "no npm here" }, async (t) => {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home, env: OFFLINE });
  await run("plugins", "new", "acme");
  const installed = await run("plugins", "install", "./acme");
  assert.equal(installed.code, 0, installed.stderr);
  const path = join(home, "acme/src/greeting.js");
  await writeFile(path, (await readFile(path, "utf8")).replace("Hello", "Howdy"));
  assert.equal((await run("acme", "hello", "Ada")).stdout, "Hello, Ada!\n");
  const manifest = join(home, "acme/package.json");
  await writeFile(manifest, (await readFile(manifest, "utf8")).replace('"0.1.0"', '"0.2.0"'));
  assert.equal((await run("plugins", "update")).stdout, "acme: 0.1.0 → 0.2.0\n");
  assert.equal((await run("acme", "hello", "Ada")).stdout, "Howdy, Ada!\n");

  await writeFile(manifest, "{");
  const failed = await run("plugins", "update");
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /acme: failed, still 0\.2\.0/);
  assert.equal((await run("acme", "hello", "Ada")).stdout, "Howdy, Ada!\n");
});

test("install scripts run only when they are allowed", { skip: !hasNpm && "no npm here" }, async (t) => {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home, env: OFFLINE });
  await run("plugins", "new", "acme");
  const manifest = join(home, "acme/package.json");
  const content = JSON.parse(await readFile(manifest, "utf8"));
  content.scripts.postinstall = `node -e "require('fs').writeFileSync('${join(home, "ran")}', '')"`;
  await writeFile(manifest, JSON.stringify(content));
  assert.equal((await run("plugins", "install", "./acme")).code, 0);
  assert.equal(existsSync(join(home, "ran")), false);
  const allowed = await run("plugins", "install", "./acme", "--allow-scripts");
  assert.equal(allowed.code, 0, allowed.stderr);
  assert.equal(existsSync(join(home, "ran")), true);
});

test("without npm the error says what to do; linking needs none", async (t) => {
  const home = await temporaryFolder(t);
  const env = { PATH: "/nowhere" };
  await cli(["plugins", "new", "acme"], { home });
  const { code, stderr } = await cli(["plugins", "install", "acme-of-the-registry"], { home, env });
  assert.equal(code, 1);
  assert.match(stderr, /there is no npm on the PATH[\s\S]*plugins link FOLDER/);
  assert.equal((await cli(["plugins", "link", "acme"], { home, env })).code, 0);
});

test("what does not exist is not found, and nothing is left behind", async (t) => {
  const home = await temporaryFolder(t);
  assert.equal((await cli(["plugins", "install", "./nothing"], { home })).code, 3);
  assert.equal((await cli(["plugins", "link", "nothing"], { home })).code, 3);
  const { code, stderr } = await cli(["plugins", "uninstall", "nothing"], { home });
  assert.equal(code, 3);
  assert.match(stderr, /no plugin 'nothing'/);
  for (const name of ["Not A Name", "../evil", "@acme/../evil", "-x"]) {
    assert.equal((await cli(["plugins", "new", "--", name], { home })).code, 2, name);
  }
  const taken = await cli(["plugins", "new", "noetl-run"], { home });
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, /command 'run:hello' begins with 'run', which is built in/);
  assert.deepEqual(await readdir(home), []);
  assert.equal((await cli(["plugins", "install", "file:./nothing"], { home })).code, 3);
});
