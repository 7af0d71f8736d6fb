import assert from "node:assert/strict";
import { it } from "node:test";
import { rawInteger } from "./raw-integer.ts";

it("writes an id as an integer token", () => {
  assert.equal(JSON.stringify({ id: rawInteger("478775660589088776") }), '{"id":478775660589088776}');
  assert.throws(() => rawInteger("1; drop"), TypeError);
});
