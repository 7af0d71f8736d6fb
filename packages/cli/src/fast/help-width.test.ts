import assert from "node:assert/strict";
import { test } from "node:test";
import { helpWidth, isDrawn } from "./help-width.ts";

test("help is as wide as the widest drawn page that fits", () => {
  assert.deepEqual([200, 101, 100, 99, 80].map(helpWidth), [100, 100, 100, 80, 80]);
  assert.equal(helpWidth(undefined), 100);
  assert.equal(helpWidth(60), 60);
  assert.equal(isDrawn(60), false);
});
