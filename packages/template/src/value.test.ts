import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, type Names, toJson, toNative, toText, truthy } from "./index.ts";

const context: Record<string, unknown> = {
  n: 5,
  text: "42",
  rows: [{ id: 1 }],
  nil: null,
  big: 2n ** 60n,
  zero: -0,
};
const names: Names = { lookup: (name) => context[name] };
const render = (source: string) => compile(source).render(names);

test("a whole expression keeps its type, mixed text does not", () => {
  assert.equal(render("{{ n }}"), 5);
  assert.equal(render("  {{ n }}\n"), 5);
  assert.equal(render("{{ text }}"), "42");
  assert.equal(render("{{ rows }}"), context.rows);
  assert.equal(render("{{ nil }}"), null);
  assert.equal(render("{{ nope }}"), null);
  assert.equal(compile("{{ nope }}").render(names, { undefinedAs: "text" }), "");
  assert.equal(compile("{{ nope }}").evaluate(names), undefined);
  assert.equal(render("{{ n }}{{ n }}"), "55");
  assert.equal(render("{{ rows }} "), context.rows);
  assert.equal(render("r={{ rows }}"), 'r=[{"id":1}]');
  assert.equal(compile(" {{ n }}\n").renderText(names), " 5\n");
});

test("integers are exact at any size, and leave as text beyond 2^53", () => {
  assert.equal(render("{{ 9007199254740991 + 1 }}"), "9007199254740992");
  assert.equal(render("{{ 9007199254740993 }}"), "9007199254740993");
  assert.equal(render("{{ 2 ** 64 - 2 ** 64 + 1 }}"), 1);
  assert.equal(render("{{ '123456789012345678901' | int + 1 }}"), "123456789012345678902");
  assert.deepEqual(render("{{ [big, {'k': big}] }}"), ["1152921504606846976", { k: "1152921504606846976" }]);
  assert.equal(render("{{ big > 5 and big == 2 ** 60 }}"), true);
  assert.equal(render("id={{ big }}"), "id=1152921504606846976");
  assert.equal(render("{{ '[12345678901234567890]' | fromjson | first }}"), "12345678901234567890");
});

test("numbers print as short as they can", () => {
  const printed: [unknown, string][] = [
    [1, "1"],
    [1.5, "1.5"],
    [-0, "0"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e20, "1e+20"],
    [1e-7, "1e-07"],
    [0.0001, "0.0001"],
    [true, "True"],
    [null, "None"],
    [undefined, ""],
    [{ a: [1, "ü", null] }, '{"a":[1,"ü",null]}'],
  ];
  for (const [value, text] of printed) assert.equal(toText(value), text);
  assert.equal(toJson({ a: undefined, b: Number.NaN, c: "</x>" }), '{"a":null,"b":null,"c":"</x>"}');
});

test("truth is Python's", () => {
  for (const value of [false, null, undefined, 0, 0n, "", [], {}]) assert.equal(truthy(value), false);
  for (const value of [true, 1, -1, "false", "0", [0], { a: null }]) assert.equal(truthy(value), true);
});

test("plain values pass through conversion untouched", () => {
  const value = { a: [1, { b: "c" }] };
  assert.equal(toNative(value), value);
  assert.deepEqual(toNative({ a: 1n, b: undefined, c: Number.POSITIVE_INFINITY }), { a: 1, b: null, c: null });
});

test("nil is quiet", () => {
  assert.equal(render("{{ nope > 3 or nil < 3 or 3 <= nil }}"), false);
  assert.equal(render("{{ nope == none and none == nope }}"), true);
  assert.equal(render("{{ 1 in nope }}"), false);
  assert.equal(render("{{ nope.a[0]['b'].c }}"), null);
  assert.equal(render("{{ 'a' + nope + nil }}"), "a");
  assert.equal(render("{{ nope | length }}"), 0);
});

test("nothing rendered is rendered again", () => {
  assert.equal(compile("{{ v }}").render({ lookup: () => "{{ n }}" }), "{{ n }}");
  assert.equal(compile("a{{ v }}").render({ lookup: () => "{{ n }}" }), "a{{ n }}");
});

test("filters that DSL §8.5 adds to Jinja's", () => {
  assert.equal(render("{{ 'grün' | b64encode }}"), "Z3LDvG4=");
  assert.equal(render("{{ 'Z3LDvG4=' | b64decode }}"), "grün");
  assert.equal(render("{{ rows | b64encode | b64decode }}"), '[{"id":1}]');
  assert.deepEqual(render("{{ 'a b' | split }}"), ["a", "b"]);
  assert.deepEqual(render("{{ {'a': 1} | keys }}"), ["a"]);
  assert.equal(render("{{ {'a': 1} | get('b', 7) }}"), 7);
  assert.deepEqual(render("{{ '{\"a\": [1]}' | fromjson }}"), { a: [1] });
  assert.deepEqual(render("{{ ['yes', 'ON', '0', 1] | map('bool') | list }}"), [true, true, false, true]);
  assert.equal(render("{{ nil | default('d') }}"), "d");
  assert.equal(render("{{ n | tojson(2) }}"), "5");
});

test("cli.md §8 #27: shell_quote makes one word of a value and words of a list (cli.md §6.10)", () => {
  assert.equal(render("{{ 'a/b-c.txt' | shell_quote }}"), "a/b-c.txt");
  assert.equal(render("{{ 'x; rm -rf $HOME' | shell_quote }}"), "'x; rm -rf $HOME'");
  assert.equal(render(`{{ "it's" | shell_quote }}`), `'it'"'"'s'`);
  assert.equal(render("{{ '' | shell_quote }}"), "''");
  assert.equal(render("{{ ['a b', 5] | shell_quote }}"), "'a b' 5");
});

test("time comes from the host", () => {
  const options = {
    now: () => Date.UTC(2024, 1, 29, 13, 5, 7, 42),
    uuid: () => "u-1",
    token: (name: string) => `t-${name}`,
  };
  const at = (source: string) => compile(source).render(names, options);
  assert.equal(at("{{ now() }}"), "2024-02-29T13:05:07.042Z");
  assert.equal(at("{{ now('%Y-%m-%d %H:%M:%S.%f %z') }}"), "2024-02-29 13:05:07.042000 +0000");
  assert.equal(at("{{ now('%j %a %b') }}"), "060 Thu Feb");
  assert.equal(at("{{ uuid() }} {{ token('crm') }}"), "u-1 t-crm");
});
