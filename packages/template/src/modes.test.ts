import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, looksLikeTemplate, type Names, TemplateError } from "./index.ts";

const names: Names = { lookup: (name) => ({ n: 5, step: { a: 1 }, X: "x" })[name] };
const known = (name: string) => name === "n" || name === "step";
const verbatim = (source: string) => compile(source, { mode: "verbatim" }).renderText(names);
const code = (source: string) => compile(source, { mode: "code", isKnownRoot: known }).renderText(names);

test("Go templates pass in every field, other spans of the string render", () => {
  const go = "{{range .Items}}{{.metadata.name}} {{ n }}{{else if .X}}{{ else }}{{ $y }}{{end}}";
  const wanted = "{{range .Items}}{{.metadata.name}} 5{{else if .X}}{{ else }}{{ $y }}{{end}}";
  assert.equal(compile(go).render(names), wanted);
  assert.equal(verbatim(go), wanted);
  assert.equal(compile("{{- .Name -}} a").render(names), "{{- .Name -}} a");
  assert.equal(compile("{{.Names}}").literal, true);
  assert.equal(compile("{{.Names}}").render(names), "{{.Names}}");
});

test("without a Go span nothing is foreign", () => {
  assert.throws(() => compile("{{ end }} {{ else }}"), TemplateError);
  assert.equal(compile("{{ end }}").render({ lookup: () => 1 }), 1);
});

test("in verbatim fields a span that is no template stays, with a warning", () => {
  assert.equal(verbatim("docker ps --format '{{json .}}' {{ n }}"), "docker ps --format '{{json .}}' 5");
  assert.equal(verbatim("echo {#list[@]} {{ n }}"), "echo {#list[@]} 5");
  assert.equal(
    verbatim("{{ unknown_filter | nope }} {{ nofunc(1) }} {{ n }}"),
    "{{ unknown_filter | nope }} {{ nofunc(1) }} 5",
  );
  assert.equal(verbatim("{% if n %}yes{% endif %} {% frobnicate %} {% endif %}"), "yes {% frobnicate %} {% endif %}");
  assert.equal(verbatim("{% if n %} {{ n }}"), "{% if n %} 5");
  assert.equal(verbatim("{{ 'open }} {{ n }}"), "{{ 'open }} 5");
  assert.equal(verbatim("{{ n"), "{{ n");
  const { warnings } = compile("a {{ b c }}", { mode: "verbatim" });
  assert.deepEqual(
    warnings.map(({ code: warning, origin }) => [warning, origin]),
    [["W_TPL_VERBATIM", { line: 1, column: 3 }]],
  );
});

test("elsewhere such a span is an error", () => {
  for (const source of ["{{ b c }}", "{{ a | nope }}", "{% frobnicate %}", "{#x}"]) {
    assert.throws(() => compile(source), TemplateError, source);
  }
});

test("in code only spans at a known root render", () => {
  assert.equal(code('d = {{"a": 1}}\nx = {{ n }}'), 'd = {{"a": 1}}\nx = 5');
  assert.equal(code('f"{{{n}}} {{other}} {{ step.a }}"'), 'f"{{{n}}} {{other}} 1"');
  assert.equal(code("'{%s}' % x {# y #} {% if n %}"), "'{%s}' % x {# y #} {% if n %}");
  assert.equal(code("# {{ step }}"), '# {"a":1}');
  assert.equal(code("{{ n n }}"), "{{ n n }}");
});

test("only braces with a mark make a template", () => {
  assert.equal(looksLikeTemplate("{ a } }} %}"), false);
  for (const source of ["{{", "{%", "{#"]) assert.ok(looksLikeTemplate(`a ${source}`));
  const plain = compile("a { b } }}");
  assert.deepEqual([plain.literal, plain.render(names)], [true, "a { b } }}"]);
});

test("line ends: CRLF is kept in text and read as LF in tags", () => {
  assert.equal(compile("a\r\n{{ 'b\r\nc' }}\r\n{% if\r\n n %}d{% endif %}\n").render(names), "a\r\nb\nc\r\nd\n");
});
