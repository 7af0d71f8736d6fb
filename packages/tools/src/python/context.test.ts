import assert from "node:assert/strict";
import { test } from "node:test";
import { contextNames } from "./context.ts";
import { dedent } from "./source.ts";

const cases: [string, unknown][] = [
  ["result = 1", undefined],
  ["result = context.get('a')", ["a"]],
  ["result = context['a'] + context.get(\"b\", 1)", ["a", "b"]],
  ["result = list(context.keys())", "all"],
  ["result = context.get(name)", "all"],
  ["result = variables['v']", ["v"]],
  ["context_size = 1", undefined],
  ["def main():\n  return 1", undefined],
  ["def main(n, x=1):\n  return n", ["x", "input", "data"]],
  ["def main(n, input_data, args):\n  return n", undefined],
  ["def main(n, f=g(1)):\n  return n", "all"],
];
for (const [code, names] of cases) {
  test(`names read by ${JSON.stringify(code)}`, () => assert.deepEqual(contextNames(code, { n: 1 }), names));
}

test("an input called context wins over the context", () => {
  assert.equal(contextNames("result = context['a']", { context: {} }), undefined);
});

test("dedent keeps the number of every line", () => {
  assert.equal(dedent("\n    a = 1\n    if a:\n      b\n"), "\na = 1\nif a:\n  b\n");
  assert.equal(dedent("a\r\n  b"), "a\n  b");
});
