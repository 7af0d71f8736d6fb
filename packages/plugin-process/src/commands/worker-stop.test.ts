import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

test("cli.md §9.8: worker stop takes the only one, asks which of several, and nothing is fine", async (t) => {
  const home = await temporaryFolder(t);
  const folder = join(home, "data");
  await mkdir(folder);
  const add = async (name: string): Promise<{ ended: Promise<unknown> }> => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6); console.log('ready')"]);
    t.after(() => child.kill("SIGKILL"));
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    await writeFile(join(folder, `noetl_worker_${name}.pid`), `${child.pid}\n`);
    return { ended };
  };
  const stop = (...args: string[]) => cli(["worker", "stop", "--force", "--timeout", "5s", ...args], { home });

  assert.equal((await stop()).code, 0);
  const { ended } = await add("only");
  assert.equal((await stop()).code, 0);
  await ended;
  const three = await Promise.all(["one", "two", "three"].map(add));
  const several = await stop();
  assert.equal(several.code, 2);
  assert.match(several.stderr, /one[\s\S]*--all|--all[\s\S]*one/);
  assert.equal((await stop("--all")).code, 0);
  await Promise.all(three.map(({ ended }) => ended));
});
