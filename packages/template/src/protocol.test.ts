import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, compileExpression, type Names, TOLERANT, VIEW, type View, type Warning } from "./index.ts";

const status = { [TOLERANT]: true, text: "ok", equals: (other: string) => other === "ok" || other === "success" };
const view: View = {
  [VIEW]: true,
  attribute: (key) =>
    key === "k" ? 7 : key === "status" ? status : typeof key === "number" ? [10, 20].at(key) : undefined,
  native: () => ({ results: [10, 20] }),
  sequence: () => [10, 20],
};
const context: Record<string, unknown> = { view, status, flag: true, n: 5, s: "5", holder: { status, view } };
const names: Names = { lookup: (name) => (Object.hasOwn(context, name) ? context[name] : undefined) };
const value = (source: string, options = {}) => compile(`{{ ${source} }}`).render(names, options);

test("a view answers attributes, is walked by its sequence, and leaves as plain data", () => {
  assert.equal(value("view.k"), 7);
  assert.equal(value("view['k']"), 7);
  assert.equal(value("view.nope"), null);
  assert.equal(value("view[1]"), 20);
  assert.equal(value("view[-1]"), 20);
  assert.equal(value("view | length"), 2);
  assert.equal(value("20 in view"), true);
  assert.deepEqual(value("view | map('string') | list"), ["10", "20"]);
  assert.deepEqual(value("view"), { results: [10, 20] });
  assert.deepEqual(value("[view, holder]"), [{ results: [10, 20] }, { status: "ok", view: { results: [10, 20] } }]);
  assert.equal(value("view | tojson"), '{"results":[10,20]}');
  assert.equal(compile("{% for x in view %}{{ x }},{% endfor %}{{ view }}").render(names), '10,20,{"results":[10,20]}');
  assert.equal(value("view.keys() | list | join"), "results");
  assert.equal(value("view == {'results': [10, 20]}"), true);
});

test("a view decides its truth and size without its data, when it can", () => {
  const lazy: View = {
    [VIEW]: true,
    attribute: () => undefined,
    native: () => assert.fail("native"),
    sequence: () => assert.fail("sequence"),
    truth: () => true,
    size: () => 3,
  };
  const only: Names = { lookup: () => lazy };
  assert.equal(compile("{{ 'y' if v and v | length == 3 and v is defined }}").render(only), "y");
});

test("tolerant text equals more than itself, and is text otherwise", () => {
  assert.equal(value("status == 'success' and 'success' == status"), true);
  assert.equal(value("status != 'success'"), false);
  assert.equal(value("status in ['success', 'x']"), true);
  assert.equal(value("status == 'failed'"), false);
  assert.equal(value("view.status is eq 'success'"), true);
  assert.equal(value("status"), "ok");
  assert.equal(value("status ~ '!'"), "ok!");
  assert.equal(value("status | upper"), "OK");
  assert.equal(value("status.upper()"), "OK");
  assert.equal(value("'s' in status"), false);
  assert.equal(value("status | length"), 2);
  assert.equal(value("status is string"), true);
});

test("local playbooks compare with a text literal as text", () => {
  const warnings: Warning[] = [];
  const options = { compareText: true, onWarning: (warning: Warning) => warnings.push(warning) };
  assert.equal(value("flag == 'true'", options), true);
  assert.equal(value("'TRUE' == flag", options), true);
  assert.equal(value("flag != 'false'", options), true);
  assert.equal(value("n == '5'", options), true);
  assert.deepEqual([...new Set(warnings.map(({ code }) => code))], ["W_TPL_BOOLSTR"]);
  assert.equal(value("flag == 'true'"), false);
  assert.equal(value("n == '5'"), false);
  assert.equal(value("n == s", options), false, "only literals");
});

test("a number and a numeric text are ordered as numbers, with a warning", () => {
  const warnings: Warning[] = [];
  assert.equal(value("s > 4", { onWarning: (warning: Warning) => warnings.push(warning) }), true);
  assert.deepEqual(
    warnings.map(({ code, origin }) => [code, origin]),
    [["W_TPL_NUMSTR", { line: 1, column: 6 }]],
  );
});

test("what a template reads is known without running it", () => {
  const refs = (source: string) => compile(source).refs.map((path) => path.join("."));
  assert.deepEqual(refs("{{ output.error.kind == 'x' and a.b[0]['c'].d }}"), ["output.error.kind", "a.b.0.c.d"]);
  assert.deepEqual(refs("{% set x = a.b %}{{ x.c }}{% for y in z.w %}{{ y.v }}{{ loop.index }}{% endfor %}"), [
    "a.b",
    "z.w",
  ]);
  assert.deepEqual(refs("{{ a[b.c].d }}"), ["a", "b.c"]);
  assert.deepEqual(refs("{{ now() }} {{ range(n) }} {{ m.get('x').y }}"), ["n", "m"]);
  assert.deepEqual(refs("{% if q %}{% set x = 1 %}{% endif %}{{ x.y }}"), ["q", "x.y"]);
  assert.deepEqual(refs("{% macro f(a) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}{{ f(c) }}"), ["c", "b"]);
  assert.deepEqual(compileExpression("steps.a.status and ctx").refs, [["steps", "a", "status"], ["ctx"]]);
});

test("secrets defer a template", () => {
  assert.equal(compile("Bearer {{ keychain.a.token }}").deferred, true);
  assert.equal(compile("{{ token('a') }}").deferred, true);
  assert.equal(compile("{{ token }} {{ a.keychain }} keychain").deferred, false);
});
