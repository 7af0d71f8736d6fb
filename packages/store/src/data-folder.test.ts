import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cacheFolder, configFolder, dataFolder, stateFolder } from "./data-folder.ts";

test("folders follow XDG, unless ~/.noetl exists or NOETL_HOME says otherwise", async (context) => {
  const home = await mkdtemp(join(tmpdir(), "noetl-home-"));
  context.after(() => rm(home, { recursive: true }));
  const env = { HOME: home };
  assert.equal(dataFolder(env), join(home, ".local/share/noetl"));
  assert.equal(configFolder(env), join(home, ".config/noetl"));
  assert.equal(stateFolder(env), join(home, ".local/state/noetl"));
  assert.equal(cacheFolder(env), join(home, ".cache/noetl"));
  assert.equal(dataFolder({ ...env, XDG_DATA_HOME: "/data" }), "/data/noetl");
  assert.equal(dataFolder({ ...env, XDG_DATA_HOME: "relative" }), join(home, ".local/share/noetl"));
  await mkdir(join(home, ".noetl"));
  for (const folder of [dataFolder, configFolder, stateFolder]) {
    assert.equal(folder({ ...env, XDG_DATA_HOME: "/data" }), join(home, ".noetl"));
  }
  assert.equal(cacheFolder(env), join(home, ".noetl/cache"));
  assert.equal(dataFolder({ ...env, NOETL_HOME: "/elsewhere" }), "/elsewhere");
});
