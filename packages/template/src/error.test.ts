import assert from "node:assert/strict";
import { test } from "node:test";
import { isNoetlError } from "@noetl/core";
import { compile, compileExpression, type Names, TemplateError } from "./index.ts";

const names: Names = {
  lookup: (name) => (name === "n" ? 1 : name === "s" ? "text" : name === "m" ? { a: 1 } : undefined),
};

function thrown(work: () => unknown): TemplateError {
  try {
    work();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("each kind of mistake has its code", () => {
  const codes: [template: string, code: string][] = [
    ["{{ 1 + }}", "E_TPL_SYNTAX"],
    ["{{ a", "E_TPL_SYNTAX"],
    ["{{ 'a }}", "E_TPL_SYNTAX"],
    ["{% if a %}", "E_TPL_SYNTAX"],
    ["{% endfor %}", "E_TPL_SYNTAX"],
    ["{% if a %}{% endfor %}", "E_TPL_SYNTAX"],
    ["{% if a %}{% else %}{% else %}{% endif %}", "E_TPL_SYNTAX"],
    ["{% break %}", "E_TPL_SYNTAX"],
    ["{# open", "E_TPL_SYNTAX"],
    ["{% include 'x' %}", "E_TPL_STMT"],
    ["{% extends 'x' %}", "E_TPL_STMT"],
    ["{% block b %}{% endblock %}", "E_TPL_STMT"],
    ["{% import 'x' as y %}", "E_TPL_STMT"],
    ["{{ a | nope }}", "E_TPL_FILTER"],
    ["{{ a | encrypt_secret }}", "E_TPL_FILTER"],
    ["{{ a is nope }}", "E_TPL_TEST"],
    ["{{ nope() }}", "E_TPL_CALL"],
    ["{{ s.nope() }}", "E_TPL_CALL"],
    ["{{ m.update(a=1) }}", "E_TPL_CALL"],
    ["{{ n + s }}", "E_TPL_TYPE"],
    ["{{ n < m }}", "E_TPL_TYPE"],
    ["{{ 1 / 0 }}", "E_TPL_VALUE"],
    ["{{ '{' | fromjson }}", "E_TPL_VALUE"],
    ["{{ range(1000000) }}", "E_TPL_LIMIT"],
    ["{{ now() }}", "E_TPL_CALL"],
    ["{{ token('x') }}", "E_TPL_CALL"],
  ];
  for (const [template, code] of codes) {
    const error = thrown(() => compile(template).render(names));
    assert.equal(error.code, code, template);
    assert.equal(error.meaning, "validation");
    assert.ok(isNoetlError(error));
  }
});

test("what can be known without running is found when the template is compiled", () => {
  for (const template of [
    "{{ 1 + }}",
    "{{ a | nope }}",
    "{{ a is nope }}",
    "{{ nope() }}",
    "{{ s.nope() }}",
    "{% include 'x' %}",
  ]) {
    assert.throws(() => compile(template), TemplateError, template);
  }
});

test("an error stands at its place in the document", () => {
  const origin = { file: "playbook.yaml", line: 10, column: 9 };
  assert.deepEqual(thrown(() => compile("{{ n | nope }}", { origin })).origin, {
    file: "playbook.yaml",
    line: 10,
    column: 16,
  });
  const lines = "SELECT *\nFROM t\nWHERE a = {{ n | nope }}";
  assert.deepEqual(thrown(() => compile(lines, { origin })).origin, { file: "playbook.yaml", line: 12, column: 26 });
  const late = thrown(() => compile("a\n  {{ n +\n s }}", { origin: { line: 1, column: 1 } }).render(names));
  assert.deepEqual(late.origin, { line: 2, column: 8 });
  assert.match(late.message, /^template error at 2:8: /);
  assert.deepEqual(thrown(() => compileExpression("n == ", { origin })).origin, {
    file: "playbook.yaml",
    line: 10,
    column: 14,
  });
});

test("a hint says how to mend it", () => {
  assert.match(thrown(() => compile("{{ n | to_jsn }}")).message, /unknown filter 'to_jsn'/);
  assert.match(thrown(() => compile("{{ n | Upper }}")).hint ?? "", /'upper'/);
  assert.match(thrown(() => compile("{{ s + n }}").render(names)).hint ?? "", /~/);
  assert.match(thrown(() => compile("{{ n | encrypt_secret }}")).hint ?? "", /credential/);
});

test("undefined in a text is an error when that is asked for", () => {
  const strict = { strictUndefined: true };
  assert.equal(thrown(() => compile("a {{ nope.x }}").render(names, strict)).code, "E_TPL_UNDEFINED");
  assert.equal(
    thrown(() => compile("{{ nope }}").render(names, { ...strict, undefinedAs: "text" })).code,
    "E_TPL_UNDEFINED",
  );
  assert.equal(compile("{{ nope }}").render(names, strict), null);
  assert.equal(compile("a{{ nope | default('') }}").render(names, strict), "a");
});
