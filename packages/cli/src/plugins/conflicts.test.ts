import assert from "node:assert/strict";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { commandConflict } from "./command-conflict.ts";
import { toolConflict } from "./conflicts.ts";
import { echoTool, sayCommand, writePlugin } from "./testing/plugin.ts";

test("built-in commands cannot be hidden, extended past an argument, or turned into topics", () => {
  assert.match(commandConflict("run") ?? "", /is built in/);
  assert.match(commandConflict("exec") ?? "", /is built in/);
  assert.match(commandConflict("run:fast") ?? "", /begins with 'run'/);
  assert.match(commandConflict("credential") ?? "", /hides 'credential:/);
  assert.equal(commandConflict("credential:audit"), undefined);
  assert.equal(commandConflict("weather:hello"), undefined);
});

test("a tool that runs cannot be replaced, a kind that this version lacks can be provided", () => {
  assert.match(toolConflict("http", []) ?? "", /hides 'http'/);
  assert.match(toolConflict("mine", ["python"]) ?? "", /hides 'python'/);
  assert.equal(toolConflict("rhai", []), undefined);
});

test("what cannot stand beside the program or another plugin is refused and changes nothing", async (t) => {
  const home = await temporaryFolder(t);
  const link = async (name: string, manifest: object, files: { [path: string]: string }) =>
    cli(["plugins", "link", await writePlugin(home, { name, manifest, files })], { home });
  const say = { summary: "say it", file: "./say.js" };
  const files = { "say.js": sayCommand("x"), "echo.js": echoTool("echo") };

  assert.equal(
    (await link("one", { commands: { "one:say": say }, tools: { echo: { file: "./echo.js" } } }, files)).code,
    0,
  );
  const same = await link(
    "two",
    { commands: { "one:say": say, run: say }, tools: { echo: { file: "./echo.js" } } },
    files,
  );
  assert.equal(same.code, 1);
  for (const part of [/'one:say' is that of plugin one/, /'run' is built in/, /'echo' is that of plugin one/]) {
    assert.match(same.stderr, part);
  }
  assert.deepEqual(
    JSON.parse((await cli(["plugins", "list", "--json"], { home })).stdout).plugins.map(
      (one: { name: string }) => one.name,
    ),
    ["one"],
  );
});

test("names of tools are compared as playbooks write them, in any case", async (t) => {
  const home = await temporaryFolder(t);
  const link = async (name: string, tool: string) => {
    const manifest = { tools: { [`${name}_echo`]: { file: "./echo.js" } } };
    return cli(["plugins", "link", await writePlugin(home, { name, manifest, files: { "echo.js": tool } })], { home });
  };
  const called = (kind: string, alias: string) =>
    echoTool(kind).replace("summary:", `aliases: [${JSON.stringify(alias)}], summary:`);
  assert.equal((await link("one", called("one_echo", "shout"))).code, 0);
  assert.match((await link("two", called("two_echo", "Shout"))).stderr, /tool 'two_echo' is that of plugin one/);
  assert.match((await link("three", called("three_echo", "HTTP"))).stderr, /tool 'three_echo' hides 'http'/);
});

test("a tool cannot have keys that every task has", async (t) => {
  const home = await temporaryFolder(t);
  const tool = echoTool("echo").replaceAll("say:", "name:").replace('["say"]', '["name"]');
  const folder = await writePlugin(home, {
    name: "bad",
    manifest: { tools: { echo: { file: "./echo.js" } } },
    files: { "echo.js": tool },
  });
  const { code, stderr } = await cli(["plugins", "link", folder], { home });
  assert.equal(code, 1);
  assert.match(stderr, /tool 'echo' cannot have the key 'name'/);
});
