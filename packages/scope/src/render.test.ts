import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "@noetl/core";
import { VIEW } from "@noetl/template";
import { extractFields, previewOf, readPath, refsOf, renderTree, templateCache, toItems } from "./index.ts";

const templates = templateCache();
const names = { lookup: (name: string) => ({ n: 5, list: [1], key: "k", hostile: "{{ n }}" })[name] };

test("a tree is rendered value by value", () => {
  const tree = {
    a: "{{ n }}",
    b: ["{{ list }}", "x{{ n }}", 7, null],
    "{{ key }}": { c: "{{ nope }}" },
    d: "{{ hostile }}",
  };
  assert.deepEqual(renderTree(templates, tree, names, { position: "data" }), {
    a: 5,
    b: [[1], "x5", 7, null],
    "{{ key }}": { c: null },
    d: "{{ n }}",
  });
  assert.deepEqual(
    renderTree(templates, { "{{ key }}-{{ n }}": "{{ nope }}" }, names, { position: "text", keys: true }),
    { "k-5": "" },
  );
  assert.equal(renderTree(templates, tree, names, { position: "none" }), tree);
});

test("positions decide what becomes of spans that are no templates", () => {
  const source = "{{ n }} {{ a b }} {{ .X }}";
  assert.throws(() => renderTree(templates, "{{ n }} {{ a b }}", names, { position: "text" }), {
    code: "E_TPL_SYNTAX",
  });
  assert.equal(renderTree(templates, source, names, { position: "verbatim" }), "5 {{ a b }} {{ .X }}");
  const code = (known: string) =>
    renderTree(templates, "{{ n }} {{ key }}", names, { position: "code", isKnownRoot: (name) => name === known });
  assert.equal(code("n"), "5 {{ key }}");
  assert.equal(code("key"), "{{ n }} k");
});

test("deferred texts stay whole", () => {
  const tree = { h: "Bearer {{ keychain.a }} {{ n }}", n: "{{ n }}", t: "{{ token('x') }}" };
  assert.deepEqual(renderTree(templates, tree, names, { position: "data", skipDeferred: true }), { ...tree, n: 5 });
  assert.deepEqual(
    renderTree(templates, "{{ token('x') }}", names, { position: "data", token: (name) => `t:${name}` }),
    "t:x",
  );
});

test("`__proto__` stays a key", () => {
  const tree = JSON.parse('{"__proto__": "{{ n }}"}') as Json;
  assert.equal(JSON.stringify(renderTree(templates, tree, names, { position: "data" })), '{"__proto__":5}');
});

test("the cache gives the same template, per mode and place, and stays small", () => {
  const small = templateCache(2);
  const first = small.compile("{{ a }}");
  assert.equal(small.compile("{{ a }}"), first);
  assert.notEqual(small.compile("{{ a }}", { mode: "verbatim" }), first);
  assert.notEqual(small.compile("{{ a }}", { origin: { line: 2, column: 1 } }), first);
  assert.notEqual(small.compile("{{ a }}"), first, "the oldest was let go");
});

test("references of a tree are united", () => {
  const tree = { a: "{{ x.y }} {{ n }}", b: ["{{ n }}", { "{{ k }}": "{{ keychain.c }}" }], c: "{{ .Go }} {{ a b }}" };
  assert.deepEqual(refsOf(tree, templates), { refs: [["x", "y"], ["n"], ["k"], ["keychain", "c"]], deferred: true });
  assert.deepEqual(refsOf({ a: "text", b: 1 }, templates), { refs: [], deferred: false });
});

test("loop collections", () => {
  const rows: [value: unknown, items: Json[] | undefined][] = [
    [
      [1, 2],
      [1, 2],
    ],
    [[], []],
    [
      { a: 1, b: [2] },
      [
        { key: "a", value: 1 },
        { key: "b", value: [2] },
      ],
    ],
    [
      { rows: [1], columns: ["c"] },
      [
        { key: "rows", value: [1] },
        { key: "columns", value: ["c"] },
      ],
    ],
    ['[1, "x"]', [1, "x"]],
    ["a, b\n c,,", ["a", "b", "c"]],
    ["[not json", ["[not json"]],
    ["", []],
    [3, [0, 1, 2]],
    [0, []],
    [{ results: ["r"], stats: { total: 1, success: 1, failed: 0, skipped: 0 } }, ["r"]],
    [{ results: ["r"] }, [{ key: "results", value: ["r"] }]],
    [{ [VIEW]: true, attribute: () => undefined, native: () => ({ results: [9] }), sequence: () => [9] }, [9]],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [1.5, undefined],
    [-1, undefined],
  ];
  for (const [value, items] of rows) assert.deepEqual(toItems(value), items, JSON.stringify(value));
  assert.throws(() => toItems(1e12), { code: "E_LOOP_LIMIT" });
});

test("fields are extracted by path, or by what is small", () => {
  const data = {
    status: "ready",
    data: { items: [{ id: 7 }], n: 2 },
    rows: [1, 2],
    big: "x".repeat(2_000),
    many: Array(50).fill(0),
    row_count: 2,
  };
  assert.deepEqual(
    extractFields(data, [
      { path: "data.items[0].id", as: "first" },
      { path: "row_count" },
      { path: "nope.x" },
      { path: "data.items[0]" },
    ]),
    {
      first: 7,
      row_count: 2,
      x: null,
      items: { id: 7 },
    },
  );
  assert.deepEqual(extractFields(data, ["data.n"]), { n: 2 });
  assert.deepEqual(extractFields(data), {
    status: "ready",
    row_count: 2,
    _keys: ["status", "data", "rows", "big", "many", "row_count"],
    data_n: 2,
    rows_count: 2,
    rows: [1, 2],
    many_count: 50,
  });
  assert.deepEqual(extractFields([1, 2, 3]), { _count: 3 });
  assert.deepEqual(extractFields("text"), {});
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`key${i}`, i]));
  assert.ok(JSON.stringify(extractFields(wide)).length < 5_000);
  assert.deepEqual(extractFields({ a: { b: 1 }, a_b: "own" }).a_b, "own");
});

test("previews are cut at a character", () => {
  assert.equal(previewOf({ a: 1 }), '{"a":1}');
  assert.equal(previewOf("äöü", 4), '"ä');
  assert.equal(Buffer.byteLength(previewOf("x".repeat(5_000))), 1_024);
});

test("paths reach into lists and maps", () => {
  assert.equal(readPath({ a: [{ "b-c": 1 }] }, "a[0].b-c"), 1);
  assert.equal(readPath({ a: [{ b: 1 }] }, "a.0.b"), 1);
  assert.equal(readPath({ a: [1, 2] }, "a[-1]"), 2);
  assert.equal(readPath({ "x y": 1 }, "['x y']"), 1);
  assert.equal(readPath({}, "constructor.name"), undefined);
});
