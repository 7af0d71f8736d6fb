import assert from "node:assert/strict";
import { test } from "node:test";
import type { StepShape } from "../test/kit/playbook.ts";
import { failed, first, run, type Steps } from "../test/kit/run.ts";

test("R-01 an exclusive router takes the first arc that holds", () => {
  const { order, view } = run({
    start: { arcs: [{ to: "a", when: "{{ 1 == 2 }}" }, { to: "b", when: "{{ 1 == 1 }}" }, "c"] },
    a: {},
    b: {},
    c: {},
  });
  assert.deepEqual(order, ["start", "b"]);
  assert.equal(view.status, "COMPLETED");
});

test("R-02 an inclusive router takes every arc that holds", () => {
  const { order } = run({
    start: { mode: "inclusive", arcs: [{ to: "a", when: true }, { to: "b", when: "1 > 2" }, "c"] },
    a: {},
    b: {},
    c: {},
  });
  assert.deepEqual(order, ["start", "a", "c"]);
});

const dead: Steps = { start: { arcs: [{ to: "a", when: "{{ false }}" }] }, a: {} };

test("R-03 without a matching arc the branch ends", () => {
  assert.equal(run(dead).view.status, "COMPLETED");
});

test("R-04 unless no_next_is_error says otherwise", () => {
  const { view } = run(dead, { spec: { no_next_is_error: true } });
  assert.equal(view.status, "FAILED");
  assert.equal(view.error?.code, "NO_NEXT_MATCH");
  assert.equal(view.error?.kind, "policy");
  assert.deepEqual(view.failed_steps, ["start"]);
});

test("R-05 an unconditional arc does not handle a failure", () => {
  const { view, runs } = run({ start: { arcs: ["a"] }, a: {} }, { answers: { start: failed } });
  assert.equal(view.status, "FAILED");
  assert.equal(view.error?.message, "step 'start' failed: 503");
  assert.equal(view.error?.kind, "server_error");
  assert.equal(runs.a, 0);
});

const repair: Steps = {
  start: { arcs: [{ to: "fix", when: "{{ output.status == 'error' }}" }, "go"] },
  fix: {},
  go: {},
};

test("R-06 an arc on the outcome handles a failure", () => {
  const { view, order } = run(repair, { answers: { start: failed } });
  assert.deepEqual(order, ["start", "fix"]);
  assert.equal(view.status, "COMPLETED");
});

test("R-07 and is passed over on success", () => {
  assert.deepEqual(run(repair).order, ["start", "go"]);
});

const fan = (more: Steps = {}): Steps => ({
  start: { mode: "inclusive", arcs: ["a", "b"] },
  a: { arcs: ["join"] },
  b: { arcs: ["join"] },
  join: {},
  ...more,
});

for (const [name, host] of Object.entries({ a: first("a", "b"), b: first("b", "a") })) {
  test(`R-08 a join runs once, after both; ${name} ends first`, () => {
    const { runs, order, events } = run(fan(), { host });
    assert.equal(runs.join, 1);
    assert.equal(order.at(-1), "join");
    const enter = events.find((event) => event.type === "step.enter" && event.step === "join");
    assert.deepEqual(enter?.type === "step.enter" && [...enter.from].sort(), ["a", "b"]);
  });
}

test("R-09 a branch that ends elsewhere lets the join go once that is decided", () => {
  const b: StepShape = { arcs: [{ to: "join", when: "1 > 2" }, { to: "other" }] };
  const { runs, events } = run(fan({ b, other: {} }), { host: first("a", "b") });
  assert.deepEqual([runs.join, runs.other], [1, 1]);
  const seqOf = (type: string, step: string) =>
    events.find((event) => event.type === type && "step" in event && event.step === step)?.seq ?? 0;
  assert.ok(seqOf("step.enter", "join") > seqOf("next.evaluated", "b"));
});

test("R-10 a diamond with a long branch joins once, after the long one", () => {
  const long: Steps = { a: { arcs: ["a1"] }, a1: { arcs: ["a2"] }, a2: { arcs: ["join"] } };
  const { runs, order } = run(fan(long), { host: first("b", "a") });
  assert.equal(runs.join, 1);
  assert.deepEqual(order.slice(-2), ["a2", "join"]);
});

test("R-11 after an unhandled failure what runs may finish, nothing else starts", () => {
  const { runs, view, status } = run(fan(), { answers: { b: failed }, host: first("b", "a") });
  assert.equal(status.a, "COMPLETED");
  assert.equal(runs.join, 0);
  assert.equal(view.status, "FAILED");
  assert.deepEqual(view.failed_steps, ["b"]);
});

test("R-12 a step loops to itself with a counter", () => {
  const { runs, ctx, view } = run({
    start: { set: { "ctx.n": "{{ (ctx.n | default(0)) + 1 }}" }, arcs: [{ to: "start", when: "{{ ctx.n < 3 }}" }] },
  });
  assert.deepEqual([runs.start, ctx.n, view.status], [3, 3, "COMPLETED"]);
});

test("R-13 a cycle re-enters without waiting for anything", () => {
  const { runs, order } = run(
    {
      start: { arcs: ["x"] },
      x: { arcs: ["check"] },
      check: { arcs: [{ to: "x", when: "{{ output.again }}" }, "done"] },
      done: {},
    },
    { answers: { check: (n) => ({ data: { again: n < 3 } }) } },
  );
  assert.deepEqual([runs.x, runs.check, runs.done], [3, 3, 1]);
  assert.deepEqual(order, ["start", "x", "check", "x", "check", "x", "check", "done"]);
});

test("R-14 what an arc sets is there for its target, with its type", () => {
  const steps: Steps = {
    start: { arcs: [{ to: "a", set: { "ctx.a": 1, "ctx.b": "{{ output.n + 1 }}" } }] },
    a: { input: { a: "{{ ctx.a }}" } },
  };
  let seen: unknown;
  run(steps, {
    host: {
      behave: (command) => {
        if (command.issued.step === "a") seen = command.context.ctx;
        return { data: { n: 4 } };
      },
    },
  });
  assert.deepEqual(seen, { a: 1 });
  assert.deepEqual(run(steps, { answers: { start: { data: { n: 4 } } } }).ctx, { a: 1, b: 5 });
});

test("R-15 arcs see what the step has set", () => {
  const { order } = run(
    {
      start: { set: { "ctx.n": "{{ output.rows | length }}" }, arcs: [{ to: "a", when: "{{ ctx.n == 2 }}" }, "b"] },
      a: {},
      b: {},
    },
    { answers: { start: { data: { rows: [1, 2] } } } },
  );
  assert.deepEqual(order, ["start", "a"]);
});

test("R-16 a step whose guard is false is skipped, its successor runs", () => {
  const { status, order, events } = run({
    start: { arcs: ["m"] },
    m: { guard: "{{ workload.on }}", set: { "ctx.m": 1 }, arcs: ["after"] },
    after: { guard: "{{ steps.m.status == 'skipped' and m is not defined }}" },
  });
  assert.equal(status.m, "SKIPPED");
  assert.deepEqual(order, ["start", "after"]);
  assert.ok(events.some((event) => event.type === "next.evaluated" && event.event === "step.skipped"));
  assert.ok(!events.some((event) => event.type === "ctx.updated"));
});

test("R-17 an arc to an undefined end ends the branch", () => {
  const { view } = run({ start: { arcs: ["end"] } }, { answers: { start: { data: { n: 1 } } } });
  assert.equal(view.status, "COMPLETED");
  assert.deepEqual(view.result, { data: { n: 1 } });
});

test("R-21 data that comes with an error can be routed on", () => {
  const { order } = run(
    {
      start: { kind: "http", arcs: [{ to: "create", when: "{{ output.status_code == 404 }}" }, "use"] },
      create: {},
      use: {},
    },
    { answers: { start: { data: { status_code: 404 }, error: { kind: "not_found" } } } },
  );
  assert.deepEqual(order, ["start", "create"]);
});

test("R-22 a test on other data does not handle a failure", () => {
  const { view } = run(
    { start: { arcs: [{ to: "end", when: "{{ start.more != true }}" }] }, end: {} },
    { answers: { start: failed } },
  );
  assert.equal(view.status, "FAILED");
});

test("a condition that cannot be evaluated fails the run after a drain, it is not false", () => {
  const { view, runs, status } = run(
    {
      start: { mode: "inclusive", arcs: ["x", "slow"] },
      x: { arcs: [{ to: "a", when: "{{ 1 / 0 > 1 }}" }, "b"] },
      a: {},
      b: {},
      slow: { arcs: ["b"] },
    },
    { host: first("x", "slow") },
  );
  assert.deepEqual([view.status, view.error?.code, view.error?.kind], ["FAILED", "E_ROUTE_TEMPLATE", "template"]);
  assert.deepEqual([runs.a, runs.b, status.slow], [0, 0, "COMPLETED"]);
});

test("a token for a step that is still running is dropped, with an event, unless it came over a back-edge", () => {
  const again = "{{ (ctx.n | default(0)) < 2 }}";
  const steps: Steps = {
    start: { arcs: ["a"] },
    a: {
      mode: "inclusive",
      set: { "ctx.n": "{{ (ctx.n | default(0)) + 1 }}" },
      arcs: [{ to: "a", when: again }, "b"],
    },
    b: {},
  };
  const slow = run(steps, { host: first("start", "a", "b") });
  assert.deepEqual([slow.runs.a, slow.runs.b], [2, 1]);
  const dropped = slow.events.find((event) => event.type === "token.dropped");
  assert.deepEqual(dropped?.type === "token.dropped" && [dropped.target, dropped.from], ["b", "a"]);
  const quick = run(steps, { host: first("start", "b", "a") });
  assert.deepEqual([quick.runs.a, quick.runs.b], [2, 2]);
});

test("event names are widened, and call.done means no loop when the router tells them apart", () => {
  const taken = (when: string, loop: boolean, extra?: string) =>
    run({
      start: {
        ...(loop ? { loop: { in: [1] } } : {}),
        arcs: [{ to: "a", when }, ...(extra ? [{ to: "b", when: extra }] : [])],
      },
      a: {},
      b: {},
    }).order.at(-1);
  assert.equal(taken("{{ event.name == 'step.done' }}", false), "a");
  assert.equal(taken("{{ event.name == 'call.done' }}", true), "a");
  assert.equal(taken("{{ event.name == 'call.done' }}", true, "{{ event.name == 'loop.done' }}"), "b");
  assert.equal(taken("{{ event.name == 'call.error' }}", false), "start");
});

test("a group fires all its targets, each once, and legacy arc payloads reach the command", () => {
  const inputs: { [step: string]: unknown } = {};
  run(
    { start: { arcs: [{ to: ["a", "b", "a"], input: { n: "{{ output.n }}" } }] }, a: {}, b: {} },
    {
      host: {
        behave: ({ issued, arc_input }) => {
          inputs[`${issued.step}#${issued.run}`] = arc_input;
          return { data: { n: 7 } };
        },
      },
    },
  );
  assert.deepEqual(inputs, { "start#1": {}, "a#1": { n: 7 }, "b#1": { n: 7 } });
});
