import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearest } from "./suggest.ts";

test("the nearest name is suggested when it is near enough", () => {
  assert.equal(nearest("valdiate", ["validate", "run"]), "validate");
  assert.equal(nearest("rnu", ["run", "runs"]), "run");
  assert.equal(nearest("zebra", ["validate", "run"]), undefined);
});

test("a swap of neighbours is one slip", () => {
  assert.equal(editDistance("rnu", "run"), 1);
  assert.equal(editDistance("abc", ""), 3);
});
