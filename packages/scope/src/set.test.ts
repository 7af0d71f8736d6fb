import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import type { Names } from "@noetl/template";
import { type Assignment, assign, renderSet, type SetEntryLike, templateCache } from "./index.ts";

const templates = templateCache();
const entry = (name: string, value: string, sequential: boolean): SetEntryLike => ({
  scope: "ctx",
  path: name.split("."),
  value,
  sequential,
});
const namesAfter =
  (state: JsonObject) =>
  (done: readonly Assignment[]): Names => {
    const now = done.reduce((target, { path, value }) => assign(target, path, value), state);
    return { lookup: (name) => (Object.hasOwn(now, name) ? now[name] : undefined) };
  };
const values = (assignments: Assignment[]) => assignments.map(({ path, value }) => [path.join("."), value]);

test("a block sees the state before it", () => {
  const entries = [entry("a", "{{ a + 1 }}", false), entry("b", "{{ a }}", false), entry("c", "{{ nope }}", false)];
  assert.deepEqual(values(renderSet(templates, entries, namesAfter({ a: 1 }))), [
    ["a", 2],
    ["b", 1],
    ["c", null],
  ]);
});

test("sequential entries see those before them", () => {
  const entries = [
    entry("a", "{{ a + 1 }}", true),
    entry("b", "{{ a }}", true),
    entry("m.x", "{{ b }}", true),
    entry("d", "{{ m.x + 1 }}", true),
  ];
  assert.deepEqual(values(renderSet(templates, entries, namesAfter({ a: 1 }))), [
    ["a", 2],
    ["b", 2],
    ["m.x", 2],
    ["d", 3],
  ]);
});

test("values keep their types and are rendered once", () => {
  const entries: SetEntryLike[] = [
    { scope: "iter", path: ["x"], value: { n: "{{ n }}", l: ["{{ t }}", 1], m: "{{ n }}!" }, sequential: false },
  ];
  const names: Names = { lookup: (name) => ({ n: 5, t: "{{ n }}" })[name] };
  assert.deepEqual(renderSet(templates, entries, names), [
    { scope: "iter", path: ["x"], value: { n: 5, l: ["{{ n }}", 1], m: "5!" } },
  ]);
});

test("an error says where and nothing is assigned", () => {
  assert.throws(() => renderSet(templates, [entry("a", "{{ {} + 1 }}", false)], { lookup: () => undefined }), {
    code: "E_TPL_TYPE",
  });
});

test("assignment copies only what changes", () => {
  const target: JsonObject = { a: { b: { c: 1 }, other: {} }, keep: { x: 1 } };
  const next = assign(target, ["a", "b", "d"], 2);
  assert.deepEqual(next, { a: { b: { c: 1, d: 2 }, other: {} }, keep: { x: 1 } });
  assert.deepEqual(target, { a: { b: { c: 1 }, other: {} }, keep: { x: 1 } });
  assert.equal(next.keep, target.keep);
  assert.deepEqual(assign({ a: 5, l: [1] }, ["a", "b"], 1), { a: { b: 1 }, l: [1] });
  assert.deepEqual(assign({}, ["x", "y", "z"], null), { x: { y: { z: null } } });
});

test("`__proto__` is a key like others", () => {
  const made = assign({}, ["__proto__", "polluted"], true);
  assert.deepEqual(Object.keys(made), ["__proto__"]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.equal(JSON.stringify(assign(made, ["a"], 1)), '{"__proto__":{"polluted":true},"a":1}');
  assert.equal(
    JSON.stringify(assign(made, ["a", "__proto__"], 1)),
    '{"__proto__":{"polluted":true},"a":{"__proto__":1}}',
  );
});
