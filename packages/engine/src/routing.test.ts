import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@noetl/playbook";
import { type Answer, type HostOptions, play, reportOf } from "../test/kit/host.ts";
import { playbook, rule, type StepShape } from "../test/kit/playbook.ts";
import { type EventBody, initialize, type LogEvent, openRun } from "./index.ts";

type Steps = { [name: string]: StepShape };

/** Answers by step name; a function sees the run number. */
function run(
  steps: Steps,
  options: Parameters<typeof playbook>[1] & {
    answers?: { [step: string]: Answer | ((run: number) => Answer) };
    host?: HostOptions;
  } = {},
) {
  const { answers = {}, host = {}, ...rest } = options;
  const ended = play(planOf(playbook(steps, rest)), {
    behave: ({ issued }) => {
      const answer = answers[issued.step];
      return typeof answer === "function" ? answer(issued.run) : (answer ?? { data: null });
    },
    ...host,
  });
  const view = ended.run.view();
  const runs = Object.fromEntries(view.steps.map((step) => [step.step, step.runs]));
  const status = Object.fromEntries(view.steps.map((step) => [step.step, step.status]));
  const order = ended.events.flatMap((event) => (event.type === "step.enter" ? [event.step] : []));
  return { ...ended, view, runs, status, order, ctx: view.ctx };
}

const failed: Answer = { error: { kind: "server_error", message: "503" } };
/** the report of one step before that of another */
const first = (...steps: string[]) => ({
  rank: (key: string) => {
    const at = steps.indexOf(key.split("#")[0] ?? "");
    return at < 0 ? steps.length : at;
  },
});

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

test("admission: the first rule that holds decides", () => {
  const admitted = (...admit: NonNullable<StepShape["spec"]>["admit"] & object) =>
    run({ start: { arcs: ["a"] }, a: { spec: { admit }, arcs: ["b"] }, b: {} });
  assert.equal(admitted(rule({ allow: false }, "1 > 2")).status.a, "COMPLETED");
  const refused = admitted(rule({ allow: false }, "1 < 2"), rule({ allow: true }));
  assert.deepEqual([refused.status.a, refused.status.b], ["SKIPPED", "COMPLETED"]);
  const failing = admitted(rule({ do: "fail", message: "no {{ 1 + 1 }}" }));
  const { status, error } = failing.view;
  assert.deepEqual([status, error?.kind, error?.message], ["FAILED", "admission", "step 'a' failed: no 2"]);
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
});

test("a cycle stops at the limit of step runs", () => {
  const { view, runs } = run({ start: { arcs: ["start"] } }, { limits: { max_steps: "{{ 2 + 3 }}" } });
  assert.deepEqual([view.status, view.error?.kind, runs.start], ["FAILED", "limit", 5]);
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

test("several unhandled failures are all named, in completion order", () => {
  const { view } = run(fan(), { answers: { a: failed, b: { error: { message: "no" } } }, host: first("b", "a") });
  assert.deepEqual(view.failed_steps, ["b", "a"]);
  assert.equal(view.error?.message, "step 'b' failed: no; step 'a' failed: 503");
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
