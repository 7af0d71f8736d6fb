import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "@noetl/core";
import { knownKinds } from "@noetl/playbook";
import { noopTool } from "../noop/tool.ts";
import { testHost } from "../testing/call.ts";
import { createRegistry } from "./registry.ts";

const registry = createRegistry();

test("every kind of the language is there, by kind and alias in any case", () => {
  for (const { kind, aliases } of knownKinds.list()) {
    for (const name of [kind, ...aliases]) assert.equal(registry.get(name.toUpperCase())?.kind, kind, name);
  }
  assert.equal(registry.get("teleport"), undefined);
});

test("a kind that cannot be run says so and fails", async () => {
  const tool = registry.get("rhai");
  assert.ok(tool);
  assert.equal(tool.available, false);
  assert.deepEqual(tool.required, [["code"]]);
  const { status, error } = await testHost().run(tool, { code: "1" });
  assert.equal(status, "error");
  assert.equal(error?.kind, "configuration");
  assert.match(error?.message ?? "", /'rhai' is not available in this version/);
});

test("tools have a schema in which every key is described and every required or placed key is known", () => {
  for (const tool of registry.list().filter((each) => each.available)) {
    const properties = tool.schema.properties;
    assert.ok(isObject(properties), tool.kind);
    for (const [key, schema] of Object.entries(properties)) {
      assert.ok(
        isObject(schema) && typeof schema.description === "string" && schema.description !== "",
        `${tool.kind}.${key}`,
      );
    }
    for (const key of [...tool.required.flat(), ...Object.values(tool.keyAliases), ...Object.keys(tool.positions)]) {
      assert.ok(Object.hasOwn(properties, key.split(".")[0] ?? ""), `${tool.kind}: '${key}' is in no schema`);
    }
    assert.equal(tool.schema, tool.schema, "made once");
  }
});

test("tools read the keys that the language checks them for", () => {
  for (const known of knownKinds.list()) {
    const tool = registry.get(known.kind);
    if (!tool?.available || !isObject(known.schema.properties) || !isObject(tool.schema.properties)) continue;
    const names = new Set([...Object.keys(tool.schema.properties), ...Object.keys(tool.keyAliases)]);
    for (const alternatives of known.required) {
      assert.ok(
        alternatives.some((key) => names.has(key)),
        `${known.kind}: ${alternatives}`,
      );
    }
  }
});

test("a later tool replaces an earlier one, an alias hides no kind", () => {
  const other = { ...noopTool, summary: "other", aliases: ["python"] };
  const small = createRegistry([...registry.list(), other]);
  assert.equal(small.get("noop")?.summary, "other");
  assert.equal(small.get("python")?.kind, "python");
});

test("noop gives its result, null included", async () => {
  const host = testHost();
  assert.deepEqual((await host.run(noopTool, {})).data, { status: "ok", message: "noop" });
  assert.equal((await host.run(noopTool, { result: null })).data, null);
  assert.deepEqual((await host.run(noopTool, { result: { a: [1] } })).data, { a: [1] });
});
