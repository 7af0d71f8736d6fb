import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlaybook } from "./parse.ts";
import { book } from "./testing/book.ts";

function read(steps: string, head = "") {
  const { playbook, diagnostics } = parsePlaybook(book(steps, head), { host: "local" });
  assert.ok(playbook, diagnostics.map((finding) => finding.message).join("\n"));
  return playbook;
}

function first(steps: string, head = "") {
  const [step] = read(steps, head).workflow;
  assert.ok(step);
  return step;
}

/** DSL §28.6, shortened */
const ORDERS = `
  - step: fetch
    tool:
      - name: call
        kind: http
        url: "{{ workload.base }}/orders"
        params: {page: "{{ ctx.page }}"}
        timeout: 5
        spec:
          policy:
            rules:
              - when: "{{ output.error.retryable }}"
                then: {do: retry, attempts: 3, backoff: exponential, delay: 0.2}
              - when: "{{ output.status == 'error' }}"
                then: {do: fail, message: unavailable}
              - else: {then: {do: continue, set: {iter.orders: "{{ output.data.data.orders }}"}}}
      - name: tally
        kind: python
        input: {orders: "{{ iter.orders | default([]) }}"}
        code: "result = len(orders)"
        set: {kept: "{{ output }}", ctx.n: 1}
    set:
      ctx.page: "{{ ctx.page + 1 }}"
      ctx.user.id: 7
    next:
      arcs:
        - {step: fetch, when: "{{ output.more }}", set: {again: true}}
        - {step: end}
  - {step: end, tool: {kind: noop}}
`;

test("a pipeline becomes tasks, rules, assignments and a router", () => {
  const step = first(ORDERS, "workload: {base: x}");
  assert.equal(step.single, false);
  const [call, tally] = step.tasks;
  assert.equal(call?.name, "call");
  assert.equal(call?.anonymous, false);
  assert.equal(call?.timeout, 5);
  assert.deepEqual(call?.config, { url: "{{ workload.base }}/orders", params: { page: "{{ ctx.page }}" } });
  assert.deepEqual(
    call?.rules.map((rule) => [rule.do, rule.when === undefined]),
    [
      ["retry", false],
      ["fail", false],
      ["continue", true],
    ],
  );
  assert.equal(call?.rules[0]?.attempts, 3);
  assert.deepEqual(call?.rules[2]?.set, [
    { scope: "iter", path: ["orders"], value: "{{ output.data.data.orders }}", sequential: false },
  ]);
  assert.deepEqual(tally?.set, [
    { scope: "local", path: ["kept"], value: "{{ output }}", sequential: true },
    { scope: "ctx", path: ["n"], value: 1, sequential: true },
  ]);
  assert.deepEqual(
    step.set.map((entry) => [entry.scope, entry.path, entry.sequential]),
    [
      ["ctx", ["page"], false],
      ["ctx", ["user", "id"], false],
    ],
  );
  assert.equal(step.next?.mode, "exclusive");
  assert.equal(step.next?.on_no_match, "complete");
  assert.deepEqual(step.next?.arcs[0]?.set, [{ scope: "ctx", path: ["again"], value: true, sequential: false }]);
  assert.deepEqual(step.next?.arcs[1], { targets: ["end"], set: [] });
  assert.deepEqual(step.loc, { line: 6, column: 3 });
});

test("a single map is one anonymous task whose data is the step's data", () => {
  const step = first("- {step: a, tool: {kind: NOOP, result: 1}}");
  assert.equal(step.single, true);
  assert.equal(step.tasks[0]?.name, "a_task");
  assert.equal(step.tasks[0]?.anonymous, true);
  assert.equal(step.tasks[0]?.kind, "noop");
});

test("a tool without rules of its own takes those of the playbook", () => {
  const head =
    "executor: {spec: {policy: {defaults: {policy: {on_unmatched: fail, rules: [{else: {then: {do: retry, attempts: 2}}}]}}}}}";
  const own = "spec: {policy: {rules: [{else: {then: {do: break}}}]}}";
  const { workflow } = read(
    `\n  - {step: a, tool: {kind: noop}, next: b}\n  - {step: b, tool: {kind: noop, ${own}}}\n`,
    head,
  );
  const tasks = workflow.map(({ tasks: [task] }) => task);
  assert.deepEqual(
    tasks.map((task) => [task?.rules.map((rule) => rule.do), task?.onUnmatched]),
    [
      [["retry"], "fail"],
      [["break"], "fail"],
    ],
  );
});

test("a step without a tool does nothing", () => {
  assert.equal(first("- step: a").tasks[0]?.kind, "noop");
});

test("executor, keychain and metadata have their defaults", () => {
  const playbook = read(
    "- {step: a, tool: {kind: noop}}",
    "keychain:\n  - {name: k, kind: secret_manager, map: {a: b}}\n  - {name: c, kind: credential_ref, ref: x}",
  );
  assert.deepEqual(playbook.executor, {
    profile: "auto",
    version: "noetl-runtime/1",
    requires: { tools: [], features: [] },
    spec: { no_next_is_error: false, policy: { defaults: {}, results: {}, limits: {} } },
  });
  assert.deepEqual(playbook.keychain, [
    { name: "k", kind: "secrets", scope: "local", auto_renew: false, config: { map: { a: "b" } } },
    { name: "c", kind: "credential", scope: "local", auto_renew: false, config: { ref: "x" } },
  ]);
  assert.equal(playbook.metadata.path, "t/t");
  assert.equal(playbook.apiVersion, "noetl.io/v2");
});

test("labels are text, tags a list, the path falls back to the name, v10 is v2", () => {
  const { playbook } = parsePlaybook(
    "apiVersion: noetl.io/v10\nkind: agent\nmetadata: {name: n, labels: {a: 1}, tags: x, extra: {y: 1}}\nworkflow: [{step: a, tool: {kind: noop}}]\n",
  );
  assert.deepEqual(playbook?.metadata, { name: "n", path: "n", labels: { a: "1" }, tags: ["x"], extra: { y: 1 } });
  assert.equal(playbook?.kind, "Agent");
  assert.equal(playbook?.apiVersion, "noetl.io/v2");
});

test("cursor loops, frames, admission and limits", () => {
  const step = first(
    `
    - step: a
      spec:
        timeout_seconds: "60"
        max_iterations: 9
        policy:
          failure: {mode: best_effort}
          lifecycle: {deadline_s: 90}
          admit: {rules: [{when: "{{ workload.x }}", then: {allow: true}}, {else: {then: {do: fail, message: no}}}]}
      loop:
        cursor: {auth: db, claim: "select {{ __frame_max_rows }}"}
        iterator: row
        spec: {max_in_flight: "{{ workload.n }}", frame: {max_rows: 5, process: frame}}
      tool: {kind: noop}
      output: {store: {kind: object}, select: [{path: "a.b[2].c"}, {path: x, as: y}, z], inline_max_bytes: 0}
  `,
    "workload: {x: 1, n: 2}",
  );
  assert.deepEqual(step.spec, {
    admit: [{ when: "{{ workload.x }}", then: { allow: true } }, { then: { do: "fail", message: "no" } }],
    timeout_seconds: 60,
    deadline_s: 90,
    failure: "best_effort",
    max_iterations: 9,
    extra: {},
  });
  assert.deepEqual(step.loop, {
    source: { cursor: { kind: "postgres", auth: "db", claim: "select {{ __frame_max_rows }}", options: {} } },
    iterator: "row",
    mode: "cursor",
    max_in_flight: "{{ workload.n }}",
    exec: "distributed",
    frame: { max_rows: 5, process: "frame" },
  });
  assert.deepEqual(step.output, {
    store: { kind: "disk" },
    select: [
      { path: "a.b[2].c", as: "c" },
      { path: "x", as: "y" },
      { path: "z", as: "z" },
    ],
    inline_max_bytes: 0,
  });
});

test("nulls inside input and workload are values, empty keys are absent", () => {
  const playbook = read(
    "- {step: a, tool: {kind: python, code: pass, input: {n: null}}, input: , set: , next: }",
    "workload: {z: null}",
  );
  assert.deepEqual(playbook.workflow[0]?.tasks[0]?.input, { n: null });
  assert.equal(playbook.workflow[0]?.next, undefined);
  assert.deepEqual(playbook.workload, { z: null });
});

test("keys named like members of Object are ordinary keys", () => {
  const step = first(
    "- {step: a, tool: {kind: noop, result: {__proto__: 1, constructor: 2}}, set: {ctx.constructor: 1}}",
  );
  const { result } = step.tasks[0]?.config ?? {};
  assert.deepEqual(Object.keys(result as object), ["__proto__", "constructor"]);
});

test("own args of container stay, those of mcp are input as well", () => {
  const [box, call] = read(
    "- {step: a, tool: {kind: container, image: x, args: [a, b], timeout_seconds: 5}}\n- {step: b, tool: {kind: mcp, url: x, args: {q: 1}, input: {r: 2}}}",
  ).workflow;
  assert.deepEqual(box?.tasks[0]?.config, { image: "x", args: ["a", "b"], timeout_seconds: 5 });
  assert.deepEqual(box?.tasks[0]?.input, {});
  assert.equal(box?.tasks[0]?.timeout, undefined);
  assert.deepEqual(call?.tasks[0]?.config, { url: "x", args: { q: 1 } });
  assert.deepEqual(call?.tasks[0]?.input, { q: 1, r: 2 });
});

test("the time to wait for a playbook is its own, that of other tools an attempt limit", () => {
  const [child, sql] = read(
    "- {step: a, tool: {kind: playbook, path: x, timeout: 120, return_result: true}}\n- {step: b, tool: {kind: postgres, command: select 1, spec: {timeout: {connect: 1, read: 5}, pool: {max_size: 2}}}}",
  ).workflow;
  assert.equal(child?.tasks[0]?.config.timeout, 120);
  assert.equal(child?.tasks[0]?.timeout, undefined);
  assert.deepEqual(sql?.tasks[0]?.timeout, { connect: 1, read: 5 });
  assert.deepEqual(sql?.tasks[0]?.config.pool, { max_size: 2 });
});
