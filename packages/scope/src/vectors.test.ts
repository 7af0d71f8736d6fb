import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "@noetl/core";
import { conditionHolds, evaluateCondition, namesOf, renderTree, type StepRecord, templateCache } from "./index.ts";

const ok = (step: string, data: Json): StepRecord => ({ step, run: 1, status: "ok", data });

const RECORDS: Record<string, StepRecord> = {
  q: ok("q", { rows: [{ id: 7 }], row_count: 1 }),
  h: ok("h", { status_code: 200, headers: {}, data: { items: [1] }, body: { items: [1] } }),
  t: ok("t", { status: "ready" }),
  bad: { step: "bad", run: 1, status: "error", error: { kind: "timeout", retryable: true, message: "too slow" } },
  lp: {
    step: "lp",
    run: 1,
    status: "ok",
    parts: [{ data: { v: 1 } }, { data: { v: 2 } }],
    stats: { total: 2, success: 2, failed: 0, skipped: 0 },
  },
};

const names = namesOf({
  ctx: { p: 2, v: "{{ workload.n }}" },
  result: (step) => (Object.hasOwn(RECORDS, step) ? RECORDS[step] : undefined),
  stepNames: () => Object.keys(RECORDS),
  workload: { n: 5, s: "42", f: true, z: null, l: [1, 2], m: { a: { b: 1 } }, name: "Ann" },
  engine: { execution_id: "1" },
  body: () => undefined,
});
const templates = templateCache();
const render = (source: string, position: "data" | "text" | "verbatim" = "data") =>
  renderTree(templates, source, names, { position, skipDeferred: true });

/** DSL §28.1 */
const VECTORS: [id: string, template: string, result: Json][] = [
  ["T-01", "{{ workload.n }}", 5],
  ["T-02", "{{ workload.s }}", "42"],
  ["T-03", "{{ workload.s | int }}", 42],
  ["T-04", "n={{ workload.n }}", "n=5"],
  ["T-05", "{{ workload.f }}", true],
  ["T-05", "f={{ workload.f }}", "f=True"],
  ["T-06", "{{ workload.f | lower }}", "true"],
  ["T-07", "{{ workload.z }}", null],
  ["T-07", "[{{ workload.z }}]", "[None]"],
  ["T-08", "{{ nope }}", null],
  ["T-09", "[{{ nope.a.b }}]", "[]"],
  ["T-10", "{{ workload.z | default('d') }}", "d"],
  ["T-11", "{{ nope | int }}", 0],
  ["T-12", "{{ '42.7' | int }}", 42],
  ["T-13", "{{ 'x' | int(9) }}", 9],
  ["T-14", "{{ workload.l }}", [1, 2]],
  ["T-14", "l={{ workload.l }}", "l=[1,2]"],
  ["T-15", "{{ workload.m | tojson }}", '{"a":{"b":1}}'],
  ["T-16", "{{ name }}", "Ann"],
  ["T-17", "{{ ctx.n }}", 5],
  ["T-18", "{{ p }}", 2],
  ["T-19", "{{ q.rows[0].id }}", 7],
  ["T-19", "{{ q.data.rows[0].id }}", 7],
  ["T-19", "{{ q.result.rows[0].id }}", 7],
  ["T-20", "{{ h.data.items }}", [1]],
  ["T-20", "{{ h.body.items }}", [1]],
  ["T-21", "{{ t.status }}", "ready"],
  ["T-21", "{{ q.status }}", "ok"],
  ["T-21", "{{ bad.status }}", "error"],
  ["T-22", "{{ q.error is defined }}", false],
  ["T-22", "{{ bad.error is defined }}", true],
  ["T-23", "{{ bad.error.retryable }}", true],
  ["T-24", "{{ q.rows | length > 0 }}", true],
  ["T-25", '{{ workload.f | string | lower == "true" }}', true],
  ["T-26", "{{ 'b' if workload.n > 9 }}", null],
  ["T-27", "{{ workload.x + '-s' }}", "-s"],
  ["T-28", "{{ nope > 3 }}", false],
  ["T-28", "{{ nope != true }}", true],
  ["T-29", "{{ lp[1].v }}", 2],
  ["T-29", "{{ lp | length }}", 2],
  ["T-29", "{{ lp.data[0].v }}", 1],
  ["T-29", "{{ lp.stats.total }}", 2],
  ["T-30", "{{ workload.z is defined }}", true],
  ["T-30", "{{ workload.z is none }}", true],
  ["T-30", "{{ nope is none }}", false],
  ["T-31", '{{ {"a": [1, {"b": 2}]} }}', { a: [1, { b: 2 }] }],
  ["T-32", "{% if workload.f %}yes{% else %}no{% endif %}", "yes"],
  ["T-33", "{% for r in q.rows %}({{ r.id }}){% if not loop.last %},{% endif %}{% endfor %}", "(7)"],
  ["T-35", "Bearer {{ keychain.k.token }}", "Bearer {{ keychain.k.token }}"],
  ["T-36", "{{ not workload.z is defined }}", false],
  ["T-37", "{{ workload.n in [1, 5] }}", true],
  ["T-37", "{{ 'nn' in workload.name }}", true],
  ["T-37", "{{ 'a' in workload.m }}", true],
  ["T-38", `{{ workload.name | replace('n', "''") }}`, "A''''"],
  ["T-39", "{{ 7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }}", "3 2 3.5"],
  ["T-40", "{{ ctx.v }}", "{{ workload.n }}"],
];

test("the acceptance vectors of DSL §28.1 hold", () => {
  for (const [id, template, result] of VECTORS) assert.deepEqual(render(template), result, `${id} ${template}`);
  assert.equal(render("{{ nope }}", "text"), "", "T-08 in SQL");
  assert.equal(
    render("docker ps --format '{{.Names}}' # {{ workload.n }}", "verbatim"),
    "docker ps --format '{{.Names}}' # 5",
    "T-34",
  );
});

test("the table of conditions holds", () => {
  const table: [value: unknown, holds: boolean][] = [
    ["false", false],
    ["False ", false],
    ["no", false],
    ["0", false],
    ["", false],
    ["[]", false],
    ["{}", false],
    ["none", false],
    ["null", false],
    ["off", false],
    ["undefined", false],
    ["error", true],
    [0, false],
    [[], false],
    [[0], true],
    [{}, false],
    [null, false],
    [undefined, false],
    [true, true],
  ];
  for (const [value, holds] of table) assert.equal(conditionHolds(value), holds, JSON.stringify(value));
});

test("conditions are templates, bare expressions, literals, lists, or nothing", () => {
  const holds = (cond: Parameters<typeof evaluateCondition>[1]) => evaluateCondition(templates, cond, names);
  assert.equal(holds(undefined), true);
  assert.equal(holds(null), true);
  assert.equal(holds("  "), true);
  assert.equal(holds(true), true);
  assert.equal(holds(false), false);
  assert.equal(holds("{{ workload.n > 3 }}"), true);
  assert.equal(holds("workload.n > 3 and q.rows"), true);
  assert.equal(holds("workload.n > 7"), false);
  assert.equal(holds(["{{ workload.f }}", "workload.n == 5"]), true);
  assert.equal(holds(["{{ workload.f }}", "workload.n == 6"]), false);
  assert.equal(holds("{{ 'False ' }}"), false);
  assert.equal(holds("{% if workload.f %}no{% endif %}"), false);
  assert.throws(() => holds("{{ workload.m + 1 }}"), { code: "E_TPL_TYPE" });
  assert.throws(() => holds("workload.n >"), { code: "E_TPL_SYNTAX" });
});

test("legacy conditions mix text and spans", () => {
  const holds = (cond: string) => evaluateCondition(templates, cond, names);
  assert.equal(holds("{{ workload.name }} == 'Ann'"), true);
  assert.equal(holds("{{ workload.name }} == Ann"), true);
  assert.equal(holds("'{{ workload.name }}' != 'Ann'"), false);
  assert.equal(holds("'x-{{ workload.name }}' == 'x-Ann'"), true);
  assert.equal(holds("{{ workload.s }} == 42"), true);
  assert.equal(holds("{{ workload.n }} > 3 and {{ workload.f }} == true"), true);
  assert.equal(holds("{{ workload.n }}{{ workload.n }}"), true);
  assert.equal(holds("{{ 'fal' }}se"), false);
});

test("what a span yields cannot change the shape of a legacy condition", () => {
  const hostile = namesOf({
    ctx: { v: "1 == 1 or x" },
    result: () => undefined,
    stepNames: () => [],
    workload: {},
    engine: {},
    body: () => undefined,
  });
  assert.equal(evaluateCondition(templates, "{{ v }} == 'x'", hostile), false);
});
