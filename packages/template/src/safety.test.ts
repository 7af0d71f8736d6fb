import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, type Names, TemplateError } from "./index.ts";

class Host {
  secret = "own field";
  get hidden(): string {
    return "from the prototype";
  }
}
const context: Record<string, unknown> = {
  m: { a: { b: 1 } },
  lst: [1, 2],
  host: new Host(),
  fn: () => "called",
};
const names: Names = { lookup: (name) => (Object.hasOwn(context, name) ? context[name] : undefined) };
const render = (source: string, options = {}) => compile(source).render(names, options);

test("prototypes cannot be reached", () => {
  for (const path of [
    "m.constructor",
    "m.__proto__",
    "m['__proto__']",
    "lst.constructor",
    "'x'.constructor",
    "lst.length",
    "host.hidden",
    "m.toString",
    "(1).constructor",
    "loop.constructor",
    "m.a.hasOwnProperty",
  ]) {
    assert.equal(render(`{{ ${path} }}`), null, path);
  }
  assert.equal(render("{{ lst | map(attribute='constructor') | list | tojson }}"), "[null,null]");
  assert.equal(render("{{ m | get('__proto__', 'no') }}"), "no");
});

test("functions of the host cannot be called", () => {
  assert.throws(() => render("{{ fn() }}"), { code: "E_TPL_CALL" });
  assert.throws(() => render("{% set f = fn %}{{ f() }}"), { code: "E_TPL_CALL" });
  assert.throws(() => render("{{ lst.map(1) }}"), { code: "E_TPL_CALL" });
  assert.throws(() => render("{{ lst.push(1) }}"), { code: "E_TPL_CALL" });
  assert.equal(render("a{{ fn }}"), "a");
  assert.equal(render("{{ fn }}"), null);
});

test("`__proto__` is a key like others", () => {
  const made = render("{{ {'__proto__': {'polluted': 1}, 'a': 2} }}") as object;
  assert.deepEqual(Object.keys(made), ["__proto__", "a"]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.equal(render("{% set d = {} %}{% do d.update({'__proto__': 7}) %}{{ d['__proto__'] }}"), "7");
});

test("only values made in the template can be changed", () => {
  const before = JSON.stringify(context);
  for (const call of [
    "lst.append(3)",
    "m.update({'x': 1})",
    "m.a.clear()",
    "lst.pop()",
    "lst.sort()",
    "m.setdefault('q', 1)",
  ]) {
    assert.throws(() => render(`{{ ${call} }}`), { code: "E_TPL_CALL" }, call);
  }
  assert.equal(JSON.stringify(context), before);
  assert.equal(render("{% set l = lst | list %}{% do l.append(3) %}{{ l }}"), "[1,2,3]");
  assert.equal(render("{% set l = lst + [5] %}{% do l.reverse() %}{{ l }}{{ lst }}"), "[5,2,1][1,2]");
  assert.equal(
    render(
      "{% set l = [] %}{% for i in lst %}{% do l.append({'i': i}) %}{% do l[-1].update(j=0) %}{% endfor %}{{ l }}",
    ),
    '[{"i":1,"j":0},{"i":2,"j":0}]',
  );
});

test("limits hold", () => {
  const limited = (source: string, limits: object) =>
    assert.throws(() => render(source, { limits }), { code: "E_TPL_LIMIT" }, source);
  limited("{% for i in range(11) %}{% endfor %}", { iterations: 10 });
  limited("{% for i in range(4) %}{% for j in range(4) %}{% endfor %}{% endfor %}", { iterations: 20 });
  limited("{% for i in range(9) %}xxxx{{ i }}{% endfor %}", { outputBytes: 20 });
  limited("{{ 'ab' * 11 }}", { outputBytes: 20 });
  limited("{{ 'a'.ljust(21) ~ '' }}", { outputBytes: 20 });
  limited("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", { depth: 5 });
  limited("{{ 9 ** 9 ** 9 ** 9 ** 9 ** 9 ** 9 }}", {});
  limited("{% set l = [1] %}{% do l.append(l) %}{{ l }}", {});
  limited(
    "{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    { outputBytes: 10_000 },
  );
  assert.equal(
    render("{% for i in range(5) %}{{ i }}{% endfor %}", { limits: { iterations: 10, outputBytes: 5 } }),
    "01234",
  );
});

test("nesting beyond reason is refused, not crashed on", () => {
  for (const source of [
    `{{ ${"(".repeat(5_000)}1${")".repeat(5_000)} }}`,
    `{{ ${"-".repeat(50_000)}1 }}`,
    `{{ 1${" + 1".repeat(50_000)} }}`,
    `{{ a${"[0]".repeat(50_000)} }}`,
    "{% if a %}".repeat(5_000),
  ]) {
    assert.throws(
      () => compile(source),
      (error) => error instanceof TemplateError && error.code === "E_TPL_LIMIT",
      source.slice(0, 20),
    );
  }
});

test("verbatim text that looks like a hundred thousand broken spans is read in time", () => {
  for (const piece of ["{{", '{{ " }}', "{% endif %}", "{{ ' }} \" "]) {
    const source = piece.repeat(20_000);
    const template = compile(source, { mode: "verbatim" });
    assert.ok(template.warnings.length <= 100);
  }
});
