import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./pages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const STALE = "is not what the commands say now: npm run docs, then look at the difference";

test("every command loads, and tree and pages are what the commands say", async () => {
  const files = await generatedFiles();
  for (const [path, text] of files) assert.equal(readFileSync(join(root, path), "utf8"), text, `${path} ${STALE}`);
  const pages = readdirSync(join(root, "docs/cli")).map((name) => `docs/cli/${name}`);
  assert.deepEqual(
    pages.filter((path) => !files.has(path)),
    [],
    "pages of commands that are gone",
  );
});
