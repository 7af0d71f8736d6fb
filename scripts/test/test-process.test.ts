import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const runner = fileURLToPath(new URL("../test.ts", import.meta.url));

it("counts every test of a file that ends with many results still to tell", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "noetl-many-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "many.test.ts");
  const tests = Array.from({ length: 2_000 }, (_, at) => `it("t${at}", () => {});`);
  writeFileSync(file, ['import { it } from "node:test";', ...tests].join("\n"));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [runner, file], { env });
  assert.equal(stdout.trimEnd().split("\n").at(-1), "2000 passed, 0 failed, 0 skipped");
});
