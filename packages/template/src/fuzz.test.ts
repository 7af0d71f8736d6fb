import assert from "node:assert/strict";
import { test } from "node:test";
import { FILTERS } from "./filters/index.ts";
import { compile, compileExpression, type Names, type SpanMode, TemplateError, VIEW, type View } from "./index.ts";
import { LIST_METHODS, LIST_MUTATORS, MAP_METHODS, MAP_MUTATORS } from "./methods/collection.ts";
import { STRING_METHODS } from "./methods/string.ts";
import { TESTS } from "./tests.ts";

type Random = (n: number) => number;

/** Repeatable numbers in [0, n). */
function seeded(seed: number): Random {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * n);
  };
}

const HOSTILE = [
  "constructor",
  "__proto__",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "process",
  "globalThis",
];
const WORDS = ["a", "b", "lst", "m", "s", "n", "view", "loop", "ns", "missing", "keychain", ...HOSTILE];
const METHODS = [STRING_METHODS, LIST_METHODS, LIST_MUTATORS, MAP_METHODS, MAP_MUTATORS].flatMap((table) => [
  ...table.keys(),
]);
const BINARY = [
  "+",
  "-",
  "*",
  "/",
  "//",
  "%",
  "**",
  "~",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "not in",
  "and",
  "or",
];
const LITERALS = [
  "0",
  "1",
  "-1",
  "2.5",
  "1e308",
  "99999999999999999999",
  "''",
  "'x'",
  "'a,b'",
  "'%s %d'",
  "'{}'",
  "true",
  "none",
  "[]",
  "{}",
];

function grammar(random: Random) {
  const one = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const expression = (depth: number): string => {
    if (depth <= 0) return random(2) ? one(WORDS) : one(LITERALS);
    const inner = () => expression(depth - 1 - random(2));
    switch (random(14)) {
      case 0:
        return `${inner()} ${one(BINARY)} ${inner()}`;
      case 1:
        return `(${inner()})`;
      case 2:
        return `${inner()}.${one(WORDS)}`;
      case 3:
        return `${inner()}[${inner()}]`;
      case 4:
        return `${inner()}[${random(2) ? inner() : ""}:${random(2) ? inner() : ""}:${random(3) ? "" : inner()}]`;
      case 5:
        return `${inner()} | ${one([...FILTERS.keys()])}${random(2) ? `(${inner()})` : ""}`;
      case 6:
        return `${inner()} | ${one([...FILTERS.keys()])}(${inner()}, ${inner()})`;
      case 7:
        return `${inner()} is ${random(2) ? "not " : ""}${one([...TESTS.keys()].filter((name) => /^\w+$/.test(name)))}${random(2) ? `(${inner()})` : ""}`;
      case 8:
        return `${inner()}.${one(METHODS)}(${random(2) ? inner() : ""})`;
      case 9:
        return `[${inner()}, ${inner()}]`;
      case 10:
        return `{${inner()}: ${inner()}, '__proto__': ${inner()}}`;
      case 11:
        return `${inner()} if ${inner()} else ${inner()}`;
      case 12:
        return `${one(["range", "dict", "namespace", "cycler", "joiner", "now", "uuid"])}(${inner()})`;
      default:
        return `${one(["not ", "-", "+"])}${inner()}`;
    }
  };
  const block = (depth: number): string => {
    if (depth <= 0) return one(["text", "{{ n }}", "\n  ", "}}", "{"]);
    const body = () => Array.from({ length: 1 + random(2) }, () => block(depth - 1)).join("");
    const e = () => expression(2);
    const dash = () => (random(4) ? "" : "-");
    switch (random(11)) {
      case 0:
        return `{%${dash()} if ${e()} %}${body()}{% elif ${e()} %}${body()}{% else ${dash()}%}${body()}{% endif %}`;
      case 1:
        return `{% for ${one(["a", "a, b", "x"])} in ${e()} ${random(3) ? "" : `if ${e()} `}${random(4) ? "" : "recursive "}%}${body()}{{ loop.index }}${random(3) ? "" : "{{ loop(a) }}"}${random(4) ? "" : "{% break %}"}{% else %}${body()}{% endfor %}`;
      case 2:
        return `{% set ${one(["a", "ns", "lst", "a, b", "ns.x"])} = ${e()} %}`;
      case 3:
        return `{% set a${random(2) ? " | upper" : ""} %}${body()}{% endset %}`;
      case 4:
        return `{% macro f(a, b=${e()}) %}${body()}{% if a %}{{ f() }}{% endif %}{% endmacro %}{{ f(${e()}) }}`;
      case 5:
        return `{% macro g() %}{{ caller(${e()}) }}{% endmacro %}{% call(x) g() %}${body()}{% endcall %}`;
      case 6:
        return `{% with a = ${e()} %}${body()}{% endwith %}`;
      case 7:
        return `{% filter ${one(["upper", "trim", "length", "indent(3)", "wordwrap(4)"])} %}${body()}{% endfilter %}`;
      case 8:
        return `{% do ${e()} %}`;
      case 9:
        return `{% raw %}${body()}{% endraw %}{# ${body()} #}`;
      default:
        return `{{${dash()} ${e()} ${dash()}}}`;
    }
  };
  return { expression, block, one };
}

function mutated(source: string, random: Random): string {
  const chars = source.split("");
  const noise = "{}%#|'\"()[].,:~-+*/=<> \n\\\u0000\ud800é0a_";
  for (let i = random(4); i >= 0; i--) {
    const at = random(chars.length + 1);
    if (random(2)) chars.splice(at, random(5));
    else chars.splice(at, 0, noise.charAt(random(noise.length)));
  }
  return chars.join("");
}

const view: View = {
  [VIEW]: true,
  attribute: (key) => (key === "a" ? 1 : undefined),
  native: () => ({ a: 1 }),
  sequence: () => [1, 2],
};

function hostNames(): { names: Names; context: Record<string, unknown> } {
  const context: Record<string, unknown> = {
    a: 1,
    b: [1, "two", { three: 3 }],
    lst: [3, 1, 2],
    m: { x: { y: "z" }, items: "shadow" },
    s: "Hello, World",
    n: null,
    view,
    host: () => "a function of the host",
  };
  return { context, names: { lookup: (name) => (Object.hasOwn(context, name) ? context[name] : undefined) } };
}

const OPTIONS = { now: () => 0, uuid: () => "u", limits: { iterations: 2_000, outputBytes: 50_000, depth: 20 } };

/** Renders every way there is; only TemplateError may come out, and only plain data. */
function attempt(make: () => ReturnType<typeof compile>, names: Names): void {
  try {
    const template = make();
    const { refs, deferred } = template;
    assert.ok(refs.every((path) => path.length > 0) && typeof deferred === "boolean");
    assert.equal(typeof template.renderText(names, OPTIONS), "string");
    checkPlain(template.render(names, OPTIONS), 0);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    assert.ok(error.origin && error.origin.line >= 1 && error.origin.column >= 1, "an error has a place");
  }
}

function checkPlain(value: unknown, depth: number): void {
  if (depth > 30) return;
  if (typeof value === "object" && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    assert.ok(prototype === Object.prototype || prototype === Array.prototype, "only plain data comes out");
    for (const inner of Object.values(value).slice(0, 50)) checkPlain(inner, depth + 1);
  } else assert.ok(["string", "number", "boolean", "object"].includes(typeof value), typeof value);
}

test("no template crashes, hangs or escapes", () => {
  const { context, names } = hostNames();
  const before = JSON.stringify(context);
  const builtins = Object.getOwnPropertyNames(Object.prototype).join();
  for (let seed = 1; seed <= 4_000; seed++) {
    const random = seeded(seed);
    const { expression, block, one } = grammar(random);
    const source = random(3) === 0 ? `{{ ${expression(4)} }}` : Array.from({ length: 3 }, () => block(3)).join("");
    const text = random(3) === 0 ? mutated(source, random) : source;
    const mode = one<SpanMode>(["strict", "strict", "verbatim", "code"]);
    try {
      attempt(() => compile(text, { mode, isKnownRoot: (name) => name.length < 3 }), names);
      attempt(() => compileExpression(random(2) ? expression(4) : mutated(expression(3), random)), names);
    } catch (error) {
      throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  assert.equal(JSON.stringify(context), before, "values of the host are never changed");
  assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), builtins);
  assert.equal(({} as { x?: unknown }).x, undefined);
});

test("verbatim and code fields take any text", () => {
  const { names } = hostNames();
  for (let seed = 1; seed <= 1_500; seed++) {
    const random = seeded(seed * 7);
    const text = mutated(mutated(Array.from({ length: 2 }, () => grammar(random).block(2)).join(""), random), random);
    for (const mode of ["verbatim", "code"] as const) {
      try {
        const template = compile(text, { mode, isKnownRoot: () => false });
        if (mode === "code") assert.equal(template.renderText(names, OPTIONS), text);
      } catch (error) {
        const code = error instanceof TemplateError ? error.code : "";
        // what parses and cannot mean anything is still an error: `nofunction()`
        if (!["E_TPL_CALL", "E_TPL_LIMIT"].includes(code))
          throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
      }
    }
  }
});
