import assert from "node:assert/strict";
import { test } from "node:test";
import { NEWEST, spellResume } from "./resume-flag.ts";

test("an id may follow --resume or not", () => {
  assert.deepEqual(spellResume(["a.yaml", "--resume"]), ["a.yaml", `--resume=${NEWEST}`]);
  assert.deepEqual(spellResume(["a.yaml", "--resume", "123", "--json"]), ["a.yaml", "--resume=123", "--json"]);
  assert.deepEqual(spellResume(["--resume", "a.yaml", "step"]), [`--resume=${NEWEST}`, "a.yaml", "step"]);
  assert.deepEqual(spellResume(["a.yaml", "--resume=123"]), ["a.yaml", "--resume=123"]);
  assert.deepEqual(spellResume(["a.yaml", "--", "--resume"]), ["a.yaml", "--", "--resume"]);
});
