import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FOLDER, manifestFiles } from "./files.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("deploy/k8s is what the development profile says now", () => {
  const files = manifestFiles();
  for (const [path, text] of files) {
    assert.equal(readFileSync(join(root, path), "utf8"), text, `${path} is stale: npm run manifests`);
  }
  const there = readdirSync(join(root, FOLDER), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length).replaceAll("\\", "/"));
  assert.deepEqual(there.sort(), [...files.keys()].sort());
});
