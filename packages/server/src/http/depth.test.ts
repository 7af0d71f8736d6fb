import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeeper } from "./depth.ts";

test("levels are counted, not brackets in texts", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  assert.equal(isDeeper(nested(500), 500), false);
  assert.equal(isDeeper(nested(501), 500), true);
  assert.equal(isDeeper(JSON.stringify({ text: `"\\${"[".repeat(2_000)}`, after: [1] }), 500), false);
  assert.equal(isDeeper(`[${"[],".repeat(2_000)}{}]`, 2), false);
  assert.equal(isDeeper(`{"\\\\":${nested(501)}}`, 500), true);
});
