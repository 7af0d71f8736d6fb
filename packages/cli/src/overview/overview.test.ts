import assert from "node:assert/strict";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { sayCommand, writePlugin } from "../plugins/testing/plugin.ts";
import type { Overview } from "./overview.ts";

test("commands --json describes every command, those of plugins without loading them", async (t) => {
  const home = await temporaryFolder(t);
  const manifest = { commands: { "acme:say": { summary: "say it", file: "./say.js" } } };
  const folder = await writePlugin(home, { name: "acme", manifest, files: { "say.js": sayCommand("x") } });
  assert.equal((await cli(["plugins", "link", folder], { home })).code, 0);
  const { stdout } = await cli(["commands", "--json"], { home });
  const { commands, topics, global_flags } = JSON.parse(stdout) as Overview;
  const named = (name: string) => commands.find((command) => command.name === name);
  assert.ok(named("run")?.flags.some(({ name }) => name === "set"));
  assert.deepEqual(named("run")?.aliases, ["exec"]);
  assert.equal(named("credential get")?.schema, "noetl.credential.get/1");
  assert.deepEqual([named("run")?.plugin, named("acme say")?.plugin], [null, "acme"]);
  assert.ok(topics.some(({ name }) => name === "acme"));
  assert.ok(global_flags.some(({ spelling }) => spelling === "-j, --json"));
});

test("commands can be asked for by their first words; a guide is found by help", async (t) => {
  const home = await temporaryFolder(t);
  const names = await cli(["commands", "context", "use", "-o", "name"], { home });
  assert.equal(names.stdout, "context use\n");
  const wrong = await cli(["commands", "kontext"], { home });
  assert.equal(wrong.code, 127);
  assert.match(wrong.stderr, /did you mean 'context/);
  assert.match((await cli(["help", "exit-codes"], { home })).stdout, /^EXIT CODES\n[\s\S]+ 77 +not authenticated/);
  assert.match((await cli(["help", "config"], { home })).stdout, /config set[\s\S]+WHICH SERVER/);
  assert.match((await cli(["help", "formating"], { home })).stderr, /did you mean 'formatting'/);
});
