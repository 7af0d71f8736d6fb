import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

test("the nearest name is suggested when it is near enough; a swap of neighbours is one slip", () => {
  assert.equal(nearest("valdiate", ["validate", "run"]), "validate");
  assert.equal(nearest("rnu", ["run", "runs"]), "run");
  assert.equal(nearest("zebra", ["validate", "run"]), undefined);
  assert.equal(nearest("abc", [""]), undefined);
});
