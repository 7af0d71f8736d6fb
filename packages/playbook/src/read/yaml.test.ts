import assert from "node:assert/strict";
import { test } from "node:test";
import { reportFor } from "../report/report.ts";
import { toJson } from "./node.ts";
import { readYaml } from "./yaml.ts";

function read(text: string, limits?: Parameters<typeof readYaml>[2]) {
  const report = reportFor(text, {});
  const node = readYaml(text, report, limits);
  return { node, value: node && toJson(node), findings: report.finish() };
}

function refused(text: string, limits?: Parameters<typeof readYaml>[2]) {
  const { node, findings } = read(text, limits);
  assert.ok(node === undefined); // a message with the tree in it could be endless
  assert.ok(findings[0]);
  return findings[0];
}

test("core schema: only true and false are booleans, words stay words", () => {
  assert.deepEqual(read("a: [yes, no, on, off, y, n, true, false, null, ~, 1.5, 0x10, 1e3]").value, {
    a: ["yes", "no", "on", "off", "y", "n", true, false, null, null, 1.5, 16, 1000],
  });
});

test("integers beyond 2^53 are exact text, smaller ones numbers", () => {
  assert.deepEqual(read("a: 9007199254740991\nb: 9007199254740993\nc: -612345678901234567890\nd: .inf").value, {
    a: 9007199254740991,
    b: "9007199254740993",
    c: "-612345678901234567890",
    d: ".inf",
  });
});

test("keys are text", () => {
  assert.deepEqual(read("1: a\ntrue: b\nnull: c\n1.50: d").value, { "1": "a", true: "b", null: "c", "1.50": "d" });
  assert.match(refused("{{ a }}: 1").message, /a key must be text/);
});

test("JSON is read as it is", () => {
  assert.deepEqual(
    read('{"a": {"b": [1, "x", null]}, "__proto__": 1}').value,
    JSON.parse('{"a": {"b": [1, "x", null]}, "__proto__": 1}'),
  );
});

test("anchors, aliases and merge keys", () => {
  assert.deepEqual(
    read("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [*b, {z: 4}]}\nthree: *b\nfour: {'<<': 1}").value,
    {
      base: { x: 1, y: 2 },
      one: { y: 3, x: 1 },
      two: { x: 1, y: 2, z: 4 },
      three: { x: 1, y: 2 },
      four: { "<<": 1 },
    },
  );
});

test("a bomb of aliases is refused before it is expanded", () => {
  const bomb = ["a: &a [1,1,1,1,1,1,1,1,1,1]"];
  for (let i = 1; i < 5; i++) {
    const names = Array(10)
      .fill(`*${String.fromCharCode(96 + i)}`)
      .join(",");
    bomb.push(`${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${names}]`);
  }
  assert.match(refused(bomb.join("\n")).message, /aliases expand to more than 10000 nodes/);
});

test("an alias of itself or of nothing is refused", () => {
  assert.match(refused("a: &a [*a]").message, /alias/i);
  assert.match(refused("a: *nobody").message, /alias/i);
});

test("size, depth and number of documents are limited", () => {
  assert.match(refused("a: 1", { bytes: 3, aliasNodes: 10, depth: 10 }).message, /4 bytes, the limit is 3/);
  assert.match(refused("a: {b: {c: {d: 1}}}", { bytes: 99, aliasNodes: 10, depth: 2 }).message, /nested deeper than 2/);
  assert.match(refused(`a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`).message, /nested too deeply/);
  assert.match(refused(`a: ${"[".repeat(50_000)}`).message, /./);
  const second = refused("a: 1\n---\nb: 2\n");
  assert.equal(second.code, "E_YAML_MULTIDOC");
  assert.equal(second.line, 3);
});

test("a second document that is empty is no document", () => {
  assert.deepEqual(read("---\na: 1\n---\n").value, { a: 1 });
  assert.deepEqual(read("a: 1\n...\n").value, { a: 1 });
});

test("duplicate keys are told at the second one", () => {
  const found = refused("a: 1\nb:\n  c: 1\n  c: 2\n");
  assert.deepEqual(
    [found.code, found.line, found.column, found.message],
    ["E_YAML_DUPKEY", 4, 3, "duplicate key 'c' (first at line 3)"],
  );
});

test("BOM and CRLF change neither values nor places", () => {
  const { value, node } = read("\uFEFFa: |\r\n  x\r\n  y\r\nb: 2\r\n");
  assert.deepEqual(value, { a: "x\ny\n", b: 2 });
  assert.equal(node?.type, "map");
  const report = reportFor("\uFEFFa: 1\r\nb: 2\r\nb: 3\r\n", {});
  readYaml("\uFEFFa: 1\r\nb: 2\r\nb: 3\r\n", report);
  assert.deepEqual(
    report.finish().map(({ line, column }) => [line, column]),
    [[3, 1]],
  );
});

test("a tab and an unquoted template get a hint", () => {
  assert.match(refused("a:\n\t- b\n").hint ?? "", /spaces/);
  assert.match(refused("a: {{ b }} c\n").hint ?? "", /quotes/);
});
