import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../../services/guarded.ts";
import { plane } from "./plane.ts";

const DRIVE = fileURLToPath(new URL("drive.ts", import.meta.url));

function drive(url: string): Promise<{ code: number; said: string }> {
  const args = ["--disable-warning=ExperimentalWarning", DRIVE, url];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, said: stdout + stderr });
    });
  });
}

test("a server as users of curl and older clients drive it", async (t) => {
  const at = await plane({});
  t.after(() => at.close());
  const server = await at.server(await freePort(), ["--with-worker"]);
  const { code, said } = await drive(server.url);
  assert.equal(code, 0, said);
  assert.match(said, /answers as it should/);
});
