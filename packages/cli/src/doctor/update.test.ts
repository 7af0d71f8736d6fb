import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@noetl/sdk/testing";
import { checkUpdate } from "./update.ts";

const posix = { skip: process.platform === "win32" && "plays npm with a script of sh" };

test("cli.md §8 #52: doctor tells of a newer version, as the user's npm knows it", posix, async (t) => {
  const folder = await temporaryFolder(t);
  const npm = (script: string) => writeFile(join(folder, "npm"), `#!/bin/sh\n${script}\n`);
  const { PATH } = process.env;
  process.env.PATH = folder;
  t.after(() => {
    process.env.PATH = PATH;
  });
  await npm('[ "$*" = "view @noetl/cli version" ] && echo 1.10.0');
  await chmod(join(folder, "npm"), 0o755);
  assert.deepEqual(await checkUpdate("1.9.3"), {
    id: "update",
    status: "note",
    detail: "1.10.0 is there, this is 1.9.3",
    hint: "npm install -g @noetl/cli@latest",
  });
  for (const own of ["1.10.0", "2.0.0"]) assert.equal((await checkUpdate(own))?.status, "ok", own);
  for (const script of ["exit 1", "exit 0"]) {
    await npm(script);
    assert.match((await checkUpdate("1.9.3"))?.detail ?? "", /could not say/, script);
  }
  assert.equal(await checkUpdate("0.0.0"), undefined, "a clone asks nobody");
});
