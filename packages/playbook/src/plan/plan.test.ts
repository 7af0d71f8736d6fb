import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Plan } from "../graph.ts";
import type { Playbook } from "../model.ts";
import { parsePlaybook } from "../parse.ts";
import { book } from "../testing/book.ts";
import { planOf } from "./plan.ts";

function playbookOf(steps: string, head = ""): Playbook {
  const { playbook, diagnostics } = parsePlaybook(book(steps, head), { host: "local" });
  assert.ok(playbook, diagnostics.map((finding) => finding.message).join("\n"));
  return playbook;
}

/** `a: b c` = step a with arcs to b and c */
function graph(edges: { [step: string]: string[] }, head = ""): Plan {
  const steps = Object.entries(edges).map(
    ([step, to]) =>
      `- {step: ${step}, tool: {kind: noop}, next: {arcs: [${to.map((name) => `{step: ${name}}`).join(", ")}]}}`,
  );
  return planOf(playbookOf(steps.join("\n"), head));
}

const sorted = (set: ReadonlySet<string> | undefined) => [...(set ?? [])].sort();

test("entry: entry_step, else start, else the first (R-20)", () => {
  assert.equal(graph({ a: [], b: [] }).entry, "a");
  assert.equal(graph({ a: [], start: [] }).entry, "start");
  assert.equal(graph({ a: [], start: [], b: [] }, "executor: {spec: {entry_step: b}}").entry, "b");
});

test("an arc to an undefined end is accepted (R-17)", () => {
  const plan = graph({ a: ["end"] });
  assert.equal(plan.implicitEnd, true);
  assert.deepEqual(sorted(plan.steps.get("a")?.reach), []);
  assert.equal(graph({ a: ["end"], end: [] }).implicitEnd, false);
});

test("an arc to an ancestor or to itself leads back and is no predecessor", () => {
  const plan = graph({ start: ["x"], x: ["check", "x"], check: ["x", "done"], done: [] });
  assert.deepEqual(sorted(plan.steps.get("check")?.backEdges), ["x"]);
  assert.deepEqual(sorted(plan.steps.get("x")?.backEdges), ["x"]);
  assert.deepEqual(sorted(plan.steps.get("x")?.preds), ["start"]);
  assert.deepEqual(sorted(plan.steps.get("x")?.reach), ["check", "done"]);
  assert.equal(plan.steps.get("start")?.reach.has("done"), true);
  assert.equal(plan.steps.get("done")?.reach.size, 0);
});

test("a diamond joins in a step with two predecessors", () => {
  const plan = graph({ s: ["a", "b"], a: ["a1"], a1: ["join"], b: ["join"], join: [] });
  assert.deepEqual(sorted(plan.steps.get("join")?.preds), ["a1", "b"]);
  assert.deepEqual(sorted(plan.steps.get("s")?.reach), ["a", "a1", "b", "join"]);
});

test("steps without a way from the entry are unreachable, the final step is not", () => {
  const plan = graph({ a: [], lost: ["a"], tidy: [] }, "executor: {spec: {final_step: tidy}}");
  assert.deepEqual(plan.unreachable, ["lost"]);
  assert.equal(plan.finalStep, "tidy");
});

test("property: back edges are exactly those to an ancestor, what is left has no cycle, reach is its closure", () => {
  const edges = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(edges, (lists) => {
      const named = Object.fromEntries(
        lists.map((targets, at) => [`s${at}`, targets.map((to) => `s${to % lists.length}`)]),
      );
      const plan = graph(named);
      const forward = (step: string) => (named[step] ?? []).filter((to) => !plan.steps.get(step)?.backEdges.has(to));
      for (const step of plan.steps.keys()) {
        const seen = new Set<string>();
        const open = forward(step);
        for (let next = open.pop(); next !== undefined; next = open.pop()) {
          if (seen.has(next)) continue;
          seen.add(next);
          open.push(...forward(next));
        }
        assert.equal(seen.has(step), false, `${step} reaches itself`);
        const reach = plan.steps.get(step)?.reach;
        assert.deepEqual(sorted(reach), sorted(seen));
        for (const other of plan.steps.keys()) {
          assert.equal(reach?.has(other), seen.has(other));
          assert.equal(plan.steps.get(other)?.preds.has(step) ?? false, forward(step).includes(other));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("10 000 steps are planned without deep recursion", () => {
  const steps = Array.from({ length: 10_000 }, (_, at) => ({
    step: `s${at}`,
    spec: { extra: {} },
    input: {},
    tasks: [],
    single: true,
    set: [],
    next: {
      mode: "inclusive" as const,
      on_no_match: "complete" as const,
      arcs: [1, 7].map((by) => ({ targets: [`s${(at + by) % 10_000}`], set: [] })),
    },
    loc: { line: 1, column: 1 },
  }));
  const plan = planOf({ ...playbookOf("- {step: a, tool: {kind: noop}}"), workflow: steps });
  assert.equal(plan.steps.get("s0")?.reach.has("s9999"), true);
  assert.equal(plan.steps.get("s9999")?.reach.size, 0);
  assert.equal(plan.steps.get("s50")?.preds.size, 2);
});

function roots(steps: string, head = ""): string[] {
  return sorted(planOf(playbookOf(steps, head)).steps.values().next().value?.roots);
}

test("roots: what tools, inputs and the loop body read, not what the router reads", () => {
  const read = roots(
    `
    - step: a
      input: {i: "{{ load.rows }}"}
      loop: {in: "{{ source }}", iterator: row}
      tool:
        kind: http
        url: "{{ workload.base }}/{{ ctx.page }}"
        body: "{{ steps.other.data }}"
        set: {x: "{{ output.z }}"}
      next: {arcs: [{step: a, when: "{{ routed }}"}]}
  `,
    "workload: {source: [], load: 1, base: 1}",
  );
  assert.deepEqual(read, ["ctx", "load", "other", "output", "page", "steps", "workload"]);
});

test("roots: a bare ctx or steps is everything", () => {
  assert.ok(roots("- {step: a, tool: {kind: noop, result: '{{ ctx }}'}}").includes("*"));
  assert.ok(roots("- {step: a, tool: {kind: noop, result: '{{ steps[workload.x] }}'}}").includes("*"));
});

test("roots: python reads its context by literal keys, or everything", () => {
  const python = (code: string) => roots(`- step: a\n  tool:\n    kind: python\n    code: |\n      ${code}`);
  assert.deepEqual(python("result = context['q'] + context.get(\"r\")"), ["q", "r"]);
  assert.deepEqual(python("result = list(context)"), ["*"]);
  assert.deepEqual(python("result = 1"), []);
});

test("roots: code reads only spans of known roots", () => {
  const read = roots(
    "- {step: a, tool: {kind: python, code: 'print(\"{{ workload.n }} {{ other.x }}\")'}}",
    "workload: {n: 1}",
  );
  assert.deepEqual(read, ["workload"]);
});
