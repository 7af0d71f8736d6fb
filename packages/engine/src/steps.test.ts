import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@noetl/playbook";
import { reportOf } from "../test/kit/host.ts";
import { playbook, rule, type StepShape } from "../test/kit/playbook.ts";
import { failed, first, run, type Steps } from "../test/kit/run.ts";
import { type EventBody, initialize, type LogEvent, openRun } from "./index.ts";

test("R-18 the final step runs once and knows how the run ended", () => {
  const seen: unknown[] = [];
  const { view, runs } = run(
    { start: { arcs: ["a"] }, a: {}, tidy: { arcs: ["a"], input: { e: "{{ event.status }}" } } },
    {
      spec: { final_step: "tidy" },
      host: {
        behave: ({ issued, context }) => {
          if (issued.step === "tidy") seen.push(context.engine.event);
          return issued.step === "a" ? failed : {};
        },
      },
    },
  );
  assert.equal(view.status, "FAILED");
  assert.equal(runs.tidy, 1);
  assert.equal(runs.a, 1);
  const [event] = seen as { name: string; status: string }[];
  assert.deepEqual([event?.name, event?.status], ["execution.finishing", "FAILED"]);
});

test("a final step that fails makes a completed run FAILED; one that routing ran is not run again", () => {
  const steps: Steps = { start: { arcs: ["tidy"] }, tidy: {} };
  assert.equal(run(steps, { spec: { final_step: "tidy" } }).runs.tidy, 1);
  const alone = run({ start: {}, tidy: {} }, { spec: { final_step: "tidy" }, answers: { tidy: failed } });
  assert.equal(alone.view.status, "FAILED");
  assert.deepEqual(alone.view.failed_steps, ["tidy"]);
});

test("R-19 an outcome that is reported twice counts once", () => {
  const { runs, view, events } = run(
    { start: { arcs: ["a"] }, a: {} },
    { answers: { start: { data: 1, twice: true, updates: [{ path: ["n"], value: 1 }] } } },
  );
  assert.deepEqual([runs.a, view.status], [1, "COMPLETED"]);
  assert.equal(events.filter((event) => event.type === "ctx.updated").length, 1);
});

test("the first outcome of a command counts, whatever is said after it", () => {
  const run = openRun(planOf(playbook({ start: {} })));
  const events: LogEvent[] = [];
  const stamp = (body: EventBody): LogEvent => {
    const seq = events.length + 1;
    const event = { ...body, event_id: `e${seq}`, execution_id: "x1", seq, ts: seq };
    events.push(event);
    return event;
  };
  const start = { payload: {}, env: {}, now: 0, execution_id: "x1", definition: "d" };
  run.fold(stamp(initialize(run.plan, start)));
  run.advance(stamp);
  const at = { step: "start", run: 1, command_id: "start#1" };
  const [done, completed] = reportOf(at, { data: "first" });
  const [error, failure] = reportOf(at, failed);
  for (const body of [done, error, failure, completed]) if (body) run.fold(stamp(body));
  run.advance(stamp);
  assert.deepEqual([run.view().status, run.view().result], ["COMPLETED", { data: "first" }]);
});

test("now() is the time of the last report and uuid() follows from the log, so decisions can be repeated", () => {
  const steps: Steps = {
    start: { set: { "ctx.at": "{{ now() }}", "ctx.a": "{{ uuid() }}", "ctx.b": "{{ uuid() }}" } },
  };
  const { ctx, events } = run(steps);
  const report = events.find((event) => event.type === "command.completed");
  assert.equal(new Date(String(ctx.at)).getTime(), report?.ts);
  assert.match(String(ctx.a), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(ctx.a, ctx.b);
  assert.deepEqual(run(steps).ctx, ctx);
});

test("R-20 without a step named start the first one begins", () => {
  assert.deepEqual(run({ one: {}, two: {} }).order, ["one"]);
});

test("a set that cannot be rendered fails the step, the other values are written", () => {
  const { view, ctx } = run({
    start: {
      set: { "ctx.good": 1, "ctx.bad": "{{ 1 / 0 }}" },
      arcs: [{ to: "fix", when: "{{ error.kind == 'template' }}" }],
    },
    fix: {},
  });
  assert.equal(view.status, "COMPLETED");
  assert.deepEqual(ctx, { good: 1 });
  assert.equal(view.steps[0]?.status, "FAILED");
});

test("what derives from a secret is kept as ***, and no decision can be made on it", () => {
  const { ctx } = run({
    start: {
      set: { "ctx.a": "Bearer {{ keychain.api.token }}", "ctx.b": { c: "{{ token('api') }}", d: "{{ 1 + 1 }}" } },
      arcs: [{ to: "b", set: { "ctx.e": "{{ keychain.api }}" } }],
    },
    b: {},
  });
  assert.deepEqual(ctx, { a: "***", b: { c: "***", d: 2 }, e: "***" });
  for (const when of ["{{ keychain.api.token == 'x' }}", "{{ keychain is defined }}", "{{ token('api') == 'x' }}"]) {
    const { view, runs } = run({ start: { arcs: [{ to: "b", when }] }, b: {} });
    assert.deepEqual([view.status, view.error?.code, runs.b], ["FAILED", "E_ROUTE_TEMPLATE", 0], when);
  }
  const { view } = run({ start: { arcs: [{ to: "b", input: { token: "{{ keychain.api.token }}" } }] }, b: {} });
  assert.deepEqual([view.status, view.error?.code], ["FAILED", "E_ROUTE_TEMPLATE"]);
});

test("admission: the first rule that holds decides", () => {
  const admitted = (...admit: NonNullable<StepShape["spec"]>["admit"] & object) =>
    run({ start: { arcs: ["a"] }, a: { spec: { admit }, arcs: ["b"] }, b: {} });
  assert.equal(admitted(rule({ allow: false }, "1 > 2")).status.a, "COMPLETED");
  const refused = admitted(rule({ allow: false }, "1 < 2"), rule({ allow: true }));
  assert.deepEqual([refused.status.a, refused.status.b], ["SKIPPED", "COMPLETED"]);
  const told = run({
    start: { arcs: ["a"] },
    a: { spec: { admit: [rule({ allow: false }, "1 < 2")] }, arcs: ["b"] },
    b: { guard: "{{ steps.a.meta.reason == 'not_admitted' }}" },
  });
  assert.equal(told.status.b, "COMPLETED");
  const failing = admitted(rule({ do: "fail", message: "no {{ 1 + 1 }}" }));
  const { status, error } = failing.view;
  assert.deepEqual([status, error?.kind, error?.message], ["FAILED", "admission", "step 'a' failed: no 2"]);
});

test("the result is that of end, else of the terminal step that completed last, else null", () => {
  const both = { start: { mode: "inclusive" as const, arcs: ["a", "b"] }, a: {}, b: {} };
  const answers = { a: { data: "a" }, b: { data: "b" } };
  assert.deepEqual(run(both, { answers, host: first("a", "b") }).view.result, { data: "b" });
  assert.deepEqual(run(both, { answers, host: first("b", "a") }).view.result, { data: "a" });
  const ended = run(
    { start: { mode: "inclusive", arcs: ["end", "b"] }, end: {}, b: {} },
    {
      answers: { end: { data: "end" }, b: { data: "b" } },
      host: first("end", "b"),
    },
  );
  assert.deepEqual(ended.view.result, { data: "end" });
  assert.deepEqual(run({ start: { guard: false } }).view.result, { data: null });
  const said = { answers: { start: { data: { status: "ok", message: "noop" } } } };
  assert.deepEqual(run({ start: { kind: "noop" } }, said).view.result, { data: null });
  assert.deepEqual(run({ start: { kind: "noop", result: 1 } }, { answers: { start: { data: 1 } } }).view.result, {
    data: 1,
  });
});

test("a cycle stops at the limit of step runs", () => {
  const { view, runs } = run({ start: { arcs: ["start"] } }, { limits: { max_steps: "{{ 2 + 3 }}" } });
  assert.deepEqual([view.status, view.error?.kind, runs.start], ["FAILED", "limit", 5]);
});

const both: Steps = { start: { mode: "inclusive", arcs: ["a", "b"] }, a: {}, b: {} };

test("several unhandled failures are all named, in completion order", () => {
  const { view } = run(both, { answers: { a: failed, b: { error: { message: "no" } } }, host: first("b", "a") });
  assert.deepEqual(view.failed_steps, ["b", "a"]);
  assert.equal(view.error?.message, "step 'b' failed: no; step 'a' failed: 503");
});
