import assert from "node:assert/strict";
import { test } from "node:test";
import { knownKinds } from "../kinds/known.ts";
import type { Playbook, Step } from "../model.ts";
import { parsePlaybook } from "../parse.ts";
import { type MapNode, toJson } from "../read/node.ts";
import { readYaml } from "../read/yaml.ts";
import { reportFor } from "../report/report.ts";
import { book } from "../testing/book.ts";
import { normalise } from "./playbook.ts";

function read(steps: string, head = "", host: "local" | "server" = "local"): { playbook: Playbook; legacy: string[] } {
  const { playbook, diagnostics } = parsePlaybook(book(steps, head), { host });
  assert.ok(playbook, diagnostics.map((finding) => finding.message).join("\n"));
  return { playbook, legacy: diagnostics.filter(({ code }) => code === "W_LEGACY").map(({ message }) => message) };
}

function step(text: string, head = ""): Step {
  const found = read(text, head).playbook.workflow[0];
  assert.ok(found);
  return found;
}

/** Two ways to write one thing: the first gives warnings, both give the same model. */
const PAIRS: [what: string, old: string, now: string][] = [
  ["step name", "- {name: a, tool: {kind: noop}}", "- {step: a, tool: {kind: noop}}"],
  ["description", "- {step: a, description: x, tool: {kind: noop}}", "- {step: a, desc: x, tool: {kind: noop}}"],
  ["step args", "- {step: a, args: {x: 1}, tool: {kind: noop}}", "- {step: a, input: {x: 1}, tool: {kind: noop}}"],
  ["step with", "- {step: a, with: {x: 1}, tool: {kind: noop}}", "- {step: a, input: {x: 1}, tool: {kind: noop}}"],
  ["set_ctx", "- {step: a, tool: {kind: noop}, set_ctx: {x: 1}}", "- {step: a, tool: {kind: noop}, set: {ctx.x: 1}}"],
  [
    "set_iter",
    "- {step: a, tool: {kind: noop}, set_iter: {x: 1}, set: {ctx.y: 2}}",
    "- {step: a, tool: {kind: noop}, set: {iter.x: 1, ctx.y: 2}}",
  ],
  [
    "vars before set",
    "- {step: a, tool: {kind: noop}, set: {ctx.y: 2}, vars: {x: 1}}",
    "- {step: a, tool: {kind: noop}, set: {vars.x: 1, ctx.y: 2}}",
  ],
  [
    "step timeout",
    "- {step: a, tool: {kind: noop}, timeout: 5}",
    "- {step: a, tool: {kind: noop}, spec: {timeout_seconds: 5}}",
  ],
  [
    "output_select",
    "- {step: a, tool: {kind: noop}, output_select: [a, b.c]}",
    "- {step: a, tool: {kind: noop}, output: {select: [a, b.c]}}",
  ],
  [
    "result",
    "- {step: a, tool: {kind: noop}, result: {store: kv, output_select: [a]}}",
    "- {step: a, tool: {kind: noop}, output: {store: {kind: kv}, select: [a]}}",
  ],
  ["save and sink", "- {step: a, tool: {kind: noop}, save: x, sink: y}", "- {step: a, tool: {kind: noop}}"],
  [
    "step auth",
    "- {step: a, auth: db, tool: [{name: x, kind: noop}, {name: y, kind: noop, auth: other}]}",
    "- {step: a, tool: [{name: x, kind: noop, auth: db}, {name: y, kind: noop, auth: other}]}",
  ],
  ["tool as text", "- {step: a, tool: noop}", "- {step: a, tool: {kind: noop}}"],
  [
    "nested label",
    "- {step: a, tool: [{x: {kind: noop, result: 1}}]}",
    "- {step: a, tool: [{name: x, kind: noop, result: 1}]}",
  ],
  ["tasks", "- {step: a, tool: {tasks: [{name: x, kind: noop}]}}", "- {step: a, tool: [{name: x, kind: noop}]}"],
  ["label", "- {step: a, tool: [{label: x, kind: noop}]}", "- {step: a, tool: [{name: x, kind: noop}]}"],
  [
    "config under spec",
    "- {step: a, tool: {kind: http, spec: {url: u, method: POST, timeout: 3}}}",
    "- {step: a, tool: {kind: http, url: u, method: POST, spec: {timeout_seconds: 3}}}",
  ],
  [
    "kind in another spelling",
    "- {step: a, tool: {kind: Playbooks, path: x, args: {}}}",
    "- {step: a, tool: {kind: playbook, path: x, input: {}}}",
  ],
  [
    "credential",
    "- {step: a, tool: {kind: postgres, command: select 1, credential: db}}",
    "- {step: a, tool: {kind: postgres, command: select 1, auth: db}}",
  ],
  ["endpoint", "- {step: a, tool: {kind: http, endpoint: u}}", "- {step: a, tool: {kind: http, url: u}}"],
  [
    "SQL as a list",
    "- {step: a, tool: {kind: duckdb, db: x, commands: [create table t (i int);, select 1]}}",
    '- {step: a, tool: {kind: duckdb, database: x, command: "create table t (i int);\\nselect 1"}}',
  ],
  ["shell command", "- {step: a, tool: {kind: shell, cmd: ls}}", "- {step: a, tool: {kind: shell, cmds: ls}}"],
  [
    "python script and params",
    "- {step: a, tool: {kind: python, script: pass, params: {x: 1}, payload: {y: 2}, args: {x: 0}}}",
    "- {step: a, tool: {kind: python, code: pass, input: {x: 0, y: 2}}}",
  ],
  [
    "playbook payload",
    "- {step: a, tool: {kind: playbook, path: x, payload: {y: 2}}}",
    "- {step: a, tool: {kind: playbook, path: x, input: {y: 2}}}",
  ],
  [
    "policy as a list",
    "- {step: a, tool: {kind: noop, spec: {policy: [{when: true, then: {do: fail}}]}}}",
    "- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: true, then: {do: fail}}]}}}}",
  ],
  [
    "default rules",
    "- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: x, then: {do: fail}}, {else: null, then: {do: break}}]}}}}",
    "- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: x, then: {do: fail}}, {else: {then: {do: break}}}]}}}}",
  ],
  [
    "else with do, and constant backoff",
    "- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: x, then: {do: retry, backoff: constant}}, {else: {do: break}}]}}}}",
    "- {step: a, tool: {kind: noop, spec: {policy: {rules: [{when: x, then: {do: retry, backoff: fixed}}, {else: {then: {do: break}}}]}}}}",
  ],
  [
    "loop keys",
    "- {step: a, tool: {kind: noop}, loop: {in: [1], element: x, mode: parallel, concurrency: 3}}",
    "- {step: a, tool: {kind: noop}, loop: {in: [1], iterator: x, spec: {mode: parallel, max_in_flight: 3}}}",
  ],
  [
    "cursor query",
    "- {step: a, tool: {kind: noop}, loop: {cursor: {query: q}, iterator: x}}",
    "- {step: a, tool: {kind: noop}, loop: {cursor: {claim: q}, iterator: x}}",
  ],
  [
    "iterator of a tool",
    "- {step: a, tool: {kind: python, code: pass, iterator: {items: '{{ [1] }}', item: x}}}",
    "- {step: a, tool: {kind: python, code: pass}, loop: {in: '{{ [1] }}', iterator: x, spec: {mode: sequential}}}",
  ],
  [
    "next as text",
    "- {step: a, tool: {kind: noop}, next: a}",
    "- {step: a, tool: {kind: noop}, next: {arcs: [{step: a}]}}",
  ],
  [
    "next as a map",
    "- {step: a, tool: {kind: noop}, next: {step: a}}",
    "- {step: a, tool: {kind: noop}, next: {arcs: [{step: a}]}}",
  ],
  [
    "next_mode",
    "- {step: a, tool: {kind: noop}, spec: {next_mode: inclusive}, next: [{step: a, when: x}]}",
    "- {step: a, tool: {kind: noop}, next: {spec: {mode: inclusive}, arcs: [{step: a, when: x}]}}",
  ],
  [
    "mode beside arcs",
    "- {step: a, tool: {kind: noop}, next: {mode: inclusive, arcs: [{step: a}]}}",
    "- {step: a, tool: {kind: noop}, next: {spec: {mode: inclusive}, arcs: [{step: a}]}}",
  ],
  [
    "next inside a list, then as text, else: true",
    "- {step: a, tool: {kind: noop}, next: [{next: [{when: x, then: a}]}, {else: true, then: a}]}",
    "- {step: a, tool: {kind: noop}, next: {arcs: [{step: a, when: x}, {step: a}]}}",
  ],
  [
    "arc args",
    "- {step: a, tool: {kind: noop}, next: {arcs: [{step: a, args: {x: 1}}]}}",
    "- {step: a, tool: {kind: noop}, next: {arcs: [{step: a, input: {x: 1}}]}}",
  ],
];

for (const [what, old, now] of PAIRS) {
  test(`legacy: ${what}`, () => {
    const before = read(old);
    assert.ok(before.legacy.length > 0, "no W_LEGACY");
    assert.deepEqual(withoutPlaces(before.playbook), withoutPlaces(read(now).playbook));
    const strict = parsePlaybook(book(old), { profile: "strict" });
    assert.equal(strict.playbook, undefined);
  });
}

function withoutPlaces(playbook: Playbook): unknown {
  return JSON.parse(JSON.stringify(playbook, (key, value) => (key === "loc" ? undefined : value)));
}

test("rewriting a rewritten tree changes nothing", () => {
  for (const [what, old] of [...PAIRS, ["workbook", "- {step: a, tool: {kind: workbook, name: w}}"] as const]) {
    const text = book(old, "workbook: {w: {kind: noop}}\ninput: {a: 1}\nvars: {b: 2}");
    const report = reportFor(text, {});
    const rewriting = { report, tools: knownKinds, host: "local" as const };
    const once = normalise(readYaml(text, report) as MapNode, rewriting);
    assert.deepEqual(toJson(normalise(once, rewriting)), toJson(once), what);
  }
});

test("root input lies under workload", () => {
  const { playbook, legacy } = read("- {step: a, tool: {kind: noop}}", "input: {a: 1, b: 1}\nworkload: {b: 2}");
  assert.deepEqual(playbook.workload, { a: 1, b: 2 });
  assert.deepEqual(legacy, ["'input' was read as 'workload'"]);
});

test("names in a list all follow; maps in a list are exclusive", () => {
  const names = step(
    "- {step: a, tool: {kind: noop}, next: [b, c]}\n- {step: b, tool: {kind: noop}}\n- {step: c, tool: {kind: noop}}",
  );
  assert.equal(names.next?.mode, "inclusive");
  const maps = step(
    "- {step: a, tool: {kind: noop}, next: [{step: b, when: x}, {step: b}]}\n- {step: b, tool: {kind: noop}}",
  );
  assert.equal(maps.next?.mode, "exclusive");
});

test("several targets under one condition are one arc", () => {
  const { next } = step(`
    - step: a
      tool: {kind: noop}
      next:
        - when: "{{ x }}"
          then: [{step: b, set: {n: 1}}, {step: c, when: "{{ y }}"}, {step: d}]
        - else: [{step: b}]
    - {step: b, tool: {kind: noop}}
    - {step: c, tool: {kind: noop}}
    - {step: d, tool: {kind: noop}}
  `);
  assert.deepEqual(next?.arcs, [
    { targets: ["c"], when: ["{{ x }}", "{{ y }}"], set: [] },
    { targets: ["b", "d"], when: "{{ x }}", set: [{ scope: "ctx", path: ["n"], value: 1, sequential: false }] },
    { targets: ["b"], set: [] },
  ]);
});

test("case: entries before next, else ends the evaluation", () => {
  const { next } = step(`
    - step: a
      tool: {kind: noop}
      case:
        - {when: "{{ x }}", then: [{next: [{step: b}]}]}
        - {when: "{{ y }}", then: {next: [{step: c}]}, else: [{step: b}]}
      next: [{step: c}]
    - {step: b, tool: {kind: noop}}
    - {step: c, tool: {kind: noop}}
  `);
  assert.deepEqual(
    next?.arcs.map((arc) => [arc.targets, arc.when]),
    [
      [["b"], "{{ x }}"],
      [["c"], "{{ y }}"],
      [["b"], undefined],
      [["c"], undefined],
    ],
  );
});

test("retry in all its forms", () => {
  const rules = (retry: string, tool = "kind: noop") =>
    step(`- {step: a, tool: {${tool}, retry: ${retry}}}`).tasks[0]?.rules.map((rule) => {
      const { set: _set, ...rest } = rule;
      return rest;
    });
  const error = "{{ output.status == 'error' }}";
  const last = { when: error, do: "fail" };
  assert.deepEqual(rules("true"), [{ when: error, do: "retry", attempts: 3 }, last]);
  assert.deepEqual(rules("4"), [{ when: error, do: "retry", attempts: 4 }, last]);
  assert.deepEqual(rules("{max_attempts: 2, retry_on: [timeout]}"), [
    { when: "{{ output.status == 'error' and output.error.kind in ['timeout'] }}", do: "retry", attempts: 2 },
    last,
  ]);
  assert.deepEqual(
    rules(
      "{max_retries: 2, retry_on: connection, retry_on_status: [502, 503], initial_delay_ms: 500, backoff_multiplier: 2, max_delay: 9}",
    ),
    [
      {
        when: "{{ output.status == 'error' and (output.error.kind in ['connection'] or output.http.status in [502, 503]) }}",
        do: "retry",
        attempts: 3,
        delay: 0.5,
        backoff: "exponential",
        max_delay: 9,
      },
      last,
    ],
  );
  assert.deepEqual(rules("[{when: '{{ error.status == 429 }}', then: {max_attempts: 5, backoff: linear, delay: 2}}]"), [
    { when: "{{ error.status == 429 }}", do: "retry", attempts: 5, delay: 2, backoff: "linear" },
    last,
  ]);
  assert.deepEqual(rules("false"), []);
});

test("retry comes behind the task's own rules, and a step's retry reaches every task", () => {
  const own = step(
    "- {step: a, retry: 2, tool: [{name: x, kind: noop, spec: {policy: {rules: [{when: y, then: {do: break}}]}}}, {name: z, kind: noop}]}",
  );
  assert.deepEqual(
    own.tasks.map((task) => task.rules.map((rule) => rule.do)),
    [
      ["break", "retry", "fail"],
      ["retry", "fail"],
    ],
  );
});

test("a playbook nobody waits for is never started twice", () => {
  const tool = (more: string) =>
    step(`- {step: a, tool: {kind: playbook, path: x, retry: {max_attempts: 2}${more}}}`).tasks[0];
  assert.deepEqual(tool("")?.rules, []);
  assert.equal(tool(", return_step: end")?.rules.length, 2);
});

test("workbook: definitions are copied, the caller's input is merged, its spec replaces", () => {
  const head = `
    workbook:
      - name: double
        tool:
          kind: python
          input: {n: 1, m: 2}
          code: "result = n"
          spec: {timeout_seconds: 9}
      - {name: inline, kind: noop, result: 1}
      - {name: two, tool: [{name: x, kind: noop}, {name: y, kind: workbook, task: inline}]}
  `;
  const { playbook } = read(
    `
    - {step: a, tool: {kind: workbook, name: double, input: {n: 7}}, next: {arcs: [{step: b}]}}
    - {step: b, tool: [{name: p, kind: workbook, task: double, spec: {timeout_seconds: 3}}], next: {arcs: [{step: c}]}}
    - {step: c, tool: {kind: workbook, name: two}}
  `,
    head,
  );
  const [a, b, c] = playbook.workflow;
  assert.deepEqual(a?.tasks[0]?.input, { n: 7, m: 2 });
  assert.equal(a?.tasks[0]?.kind, "python");
  assert.equal(a?.tasks[0]?.anonymous, true);
  assert.equal(a?.single, true);
  assert.equal(b?.tasks[0]?.name, "p");
  assert.equal(b?.tasks[0]?.timeout, 3);
  assert.equal(c?.single, false);
  assert.deepEqual(
    c?.tasks.map((task) => [task.name, task.kind]),
    [
      ["x", "noop"],
      ["y", "noop"],
    ],
  );
});

test("workbook: an unknown definition is told with the known ones", () => {
  const { diagnostics } = parsePlaybook(
    book("- {step: a, tool: {kind: workbook, name: dubble}}", "workbook: [{name: double, tool: {kind: noop}}]"),
  );
  assert.equal(diagnostics[0]?.hint, "did you mean 'double'?");
});

test("the name of a NATS object is no label, unless it is the only name of a task", () => {
  const { playbook, legacy } = read("- {step: a, tool: {kind: nats, operation: object_get, name: o}}");
  const [single] = playbook.workflow[0]?.tasks ?? [];
  assert.deepEqual([single?.name, single?.anonymous, single?.config.object], ["a_task", true, "o"]);
  assert.deepEqual(legacy, []);
  const several = "{label: x, kind: nats, operation: object_get, name: o}, {name: y, kind: nats, operation: kv_keys}";
  const { tasks } = read(`- {step: a, tool: [${several}]}`).playbook.workflow[0] ?? {};
  assert.deepEqual(
    tasks?.map(({ name, config }) => [name, config.object]),
    [
      ["x", "o"],
      ["y", undefined],
    ],
  );
});

test("a legacy when is the guard of its step or task", () => {
  const made = step("- {step: a, when: '{{ x }}', tool: [{name: t, kind: noop, when: '{{ y }}'}]}");
  assert.equal(made.guard, "{{ x }}");
  assert.equal(made.tasks[0]?.guard, "{{ y }}");
});
