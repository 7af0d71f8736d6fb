import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { done } from "../outcome.ts";
import { testHost } from "../testing/call.ts";
import { checkConfig, defineTool, field } from "./index.ts";

const shape = field.object({
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
    "'limit' must be a number, not 'many'",
    "'verify' must be true or false, not 'perhaps'",
    "'mode' must be one of append, replace",
    "'headers' must be a map, not a list",
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

test("forms, lists and maps in maps are read by their own rules, and named by their path", () => {
  const nested = field.object({
    params: field
      .either(field.list(field.json("a value")), field.map("by name"))
      .describe("values")
      .optional(),
    target: field.object({ port: field.number("port"), name: field.string().optional() }),
    ids: field.list(field.count("id")).optional(),
  });
  const check = (config: JsonObject) => {
    const checked = checkConfig("probe", nested, config);
    return checked.ok ? checked.config : checked.outcome.error?.message;
  };
  assert.deepEqual(check({ params: [1, null], target: { port: "1", other: true }, ids: ["7"] }), {
    params: [1, null],
    target: { port: 1, other: true },
    ids: [7],
  });
  assert.equal(
    check({ params: "x", target: { name: 5 }, ids: [1, -2] }),
    "probe: 'params' has a form that is not known: a string; 'target.port' is missing; 'target.name' must be text, not a number; 'ids.1' must be a whole number of at least 0",
  );
  assert.equal(check({}), "probe: 'target' is missing");
  assert.deepEqual(nested.schema.required, ["target"]);
  assert.deepEqual(nested.schema.properties, {
    params: {
      anyOf: [
        { type: "array", items: { description: "a value" } },
        { type: "object", description: "by name" },
      ],
      description: "values",
    },
    target: {
      type: "object",
      properties: { port: { type: "number", description: "port" }, name: { type: "string" } },
      required: ["port"],
    },
    ids: { type: "array", items: { type: "number", description: "id" } },
  });
});

test("a key called like a member of every object is a key like any other", () => {
  assert.deepEqual(
    read(JSON.parse('{"url": "u", "constructor": 1, "__proto__": {"limit": 1}}')),
    Object.assign(JSON.parse('{"__proto__": {"limit": 1}}'), { url: "u", constructor: 1 }),
  );
});
