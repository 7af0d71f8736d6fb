import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { sayCommand, writePlugin, writeText } from "../plugins/testing/plugin.ts";
import { checkPlugins } from "./plugins.ts";

test("doctor names the plugins, those that are gone, and a list that is broken", async (t) => {
  const home = await temporaryFolder(t);
  const env = { NOETL_HOME: join(home, "data") };
  assert.deepEqual(await checkPlugins(env), { id: "plugins", status: "ok", detail: "none" });

  const manifest = { commands: { "acme:say": { summary: "say it", file: "./say.js" } } };
  const folder = await writePlugin(home, { name: "acme", manifest, files: { "say.js": sayCommand("x") } });
  await cli(["plugins", "link", folder], { home });
  assert.match((await cli(["doctor"], { home })).stdout, /ok +plugins +acme 1\.0\.0/);

  await rm(folder, { recursive: true });
  const gone = await checkPlugins(env);
  assert.equal(gone.status, "note");
  assert.match(gone.detail, /acme is not where it was/);

  await writeText(join(home, "data/plugins/plugins.json"), "{");
  assert.equal((await checkPlugins(env)).status, "fail");
});
