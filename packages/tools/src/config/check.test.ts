import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import * as z from "zod";
import { done } from "../outcome.ts";
import { testHost } from "../testing/call.ts";
import { checkConfig, defineTool, field } from "./index.ts";

const shape = z.looseObject({
  url: field.word("address"),
  limit: field.count("how many", 1).optional(),
  verify: field.flag("check").optional(),
  mode: field.choice(["append", "replace"], "what to do").optional(),
  headers: field.textMap("headers").optional(),
  cmds: field.textList("scripts").optional(),
});

function read(config: JsonObject) {
  const checked = checkConfig("probe", shape, config);
  return checked.ok ? checked.config : checked.outcome.error?.message;
}

test("text of numbers and flags becomes numbers and flags", () => {
  assert.deepEqual(read({ url: "u", limit: " 12 ", verify: "False", mode: "APPEND" }), {
    url: "u",
    limit: 12,
    verify: false,
    mode: "append",
  });
});

test("null counts as absent, unknown keys stay", () => {
  assert.deepEqual(read({ url: "u", limit: null, other: [1] }), { url: "u", other: [1] });
});

test("maps of text drop nulls, one text is a list of one", () => {
  assert.deepEqual(read({ url: "u", headers: { a: 1, b: null, c: true }, cmds: "ls" }), {
    url: "u",
    headers: { a: "1", c: "true" },
    cmds: ["ls"],
  });
});

test("all problems are told at once, by name", () => {
  const message = read({ limit: "many", verify: "perhaps", mode: "merge", headers: [] });
  assert.match(String(message), /^probe: /);
  for (const part of [
    "'url' is missing",
    "'many' is not a number",
    "'perhaps' is not true or false",
    "one of append, replace",
    "'headers' must be a map",
  ]) {
    assert.ok(String(message).includes(part), `${part} in ${message}`);
  }
});

test("a tool whose config does not fit is not run", async () => {
  let ran = false;
  const tool = defineTool({
    kind: "probe",
    summary: "a probe",
    config: () => shape,
    effects: "none",
    run() {
      ran = true;
      return done(null);
    },
  });
  const outcome = await testHost().run(tool, { url: "" });
  assert.equal(ran, false);
  assert.equal(outcome.status, "error");
  assert.equal(outcome.error?.kind, "configuration");
  assert.equal(outcome.error?.retryable, false);
});
