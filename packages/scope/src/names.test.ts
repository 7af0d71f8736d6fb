import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "@noetl/core";
import { compile } from "@noetl/template";
import { eventNames, eventView, namesOf, type ScopeInput, type StepRecord } from "./index.ts";

const RECORDS: Record<string, StepRecord> = {
  fetch: { step: "fetch", run: 1, status: "ok", data: { rows: [1] }, meta: { attempt: 2 } },
  skipped: { step: "skipped", run: 1, status: "skipped" },
  output: { step: "output", run: 1, status: "ok", data: { hidden: true } },
  shadowed: { step: "shadowed", run: 1, status: "ok", data: "from the step" },
};
const INPUT: ScopeInput = {
  ctx: { token: "c", shadowed: "from ctx", vars: { v: 1 } },
  result: (step) => (Object.hasOwn(RECORDS, step) ? RECORDS[step] : undefined),
  stepNames: () => Object.keys(RECORDS),
  workload: { token: "w", limit: 5, fetch: "hidden by the step", none: null, execution_id: "mine" },
  engine: { execution_id: "1", path: "p", result: "of the step before" },
  body: () => undefined,
};
const value = (source: string, input: Partial<ScopeInput> = {}) =>
  compile(`{{ ${source} }}`).render(namesOf({ ...INPUT, ...input }));

const ITERATION = { iterator: "city", item: { name: "Rome" }, index: 1, total: 3, vars: { seen: 4, city: "no" } };

test("a bare name is found at the innermost place", () => {
  assert.equal(value("token"), "c");
  assert.equal(value("shadowed"), "from ctx");
  assert.deepEqual(value("fetch.rows"), [1]);
  assert.equal(value("limit"), 5);
  assert.equal(value("path"), "p");
  assert.equal(value("execution_id"), "mine");
  assert.equal(value("result"), "of the step before");
  assert.equal(value("nope"), null);
  assert.equal(value("token", { locals: { token: "l" } }), "l");
  assert.equal(value("token", { stepLocals: { token: "s" } }), "s");
  assert.equal(value("token", { locals: { token: undefined } }), "c");
  assert.equal(value("token", { locals: { token: null } }), null, "null is a value");
});

test("namespaces skip the chain", () => {
  assert.equal(value("workload.token"), "w");
  assert.equal(value("workload.nope"), null);
  assert.equal(value("ctx.token"), "c");
  assert.equal(value("workload.token", { locals: { workload: { token: "l" } } }), "w");
  assert.equal(value("step.x", { stepLocals: { x: 1 } }), 1);
  assert.equal(value("vars.v"), 1);
});

test("ctx looks everywhere by name, and is its own variables as a whole", () => {
  assert.equal(value("ctx.limit"), 5);
  assert.deepEqual(value("ctx.fetch.rows"), [1]);
  assert.equal(value("ctx['shadowed']"), "from ctx");
  assert.deepEqual(value("ctx"), INPUT.ctx);
  assert.equal(value("ctx | length"), 3);
  assert.equal(value("ctx.get('limit')"), 5);
});

test("steps holds full records, also of skipped steps and of steps with reserved names", () => {
  assert.equal(value("steps.skipped.status == 'skipped'"), true);
  assert.equal(value("skipped is defined"), false);
  assert.equal(value("steps.output.data.hidden"), true);
  assert.equal(value("steps.fetch.meta.attempt"), 2);
  assert.equal(value("steps.fetch.status == 'success'"), true);
  assert.deepEqual(value("steps.fetch.output.rows"), [1]);
  assert.deepEqual(value("steps.fetch.rows"), [1]);
  assert.equal(value("steps.fetch.error is defined"), false);
  assert.equal(value("steps.never is defined"), false);
  assert.deepEqual(Object.keys(value("steps") as { [step: string]: Json }), Object.keys(RECORDS));
});

test("inside a loop there are the item, iter and loop", () => {
  const inLoop = (source: string) => value(source, { iteration: ITERATION });
  assert.equal(inLoop("city.name"), "Rome");
  assert.equal(inLoop("iter.city.name"), "Rome");
  assert.equal(inLoop("seen"), 4);
  assert.equal(inLoop("iter.seen"), 4);
  assert.deepEqual(inLoop("[iter._index, iter.index, iter._total, iter.total, iter._first, iter._last]"), [
    1,
    1,
    3,
    3,
    false,
    false,
  ]);
  assert.equal(inLoop("iter.parent is none"), true);
  assert.deepEqual(inLoop("loop"), { index: 1, first: false, last: false, length: 3, done: false });
  assert.equal(inLoop("loop_index"), 1);
  assert.equal(value("loop.last", { iteration: { ...ITERATION, index: 2 } }), true);
  assert.equal(value("loop.length", { iteration: { ...ITERATION, total: null } }), null);
  assert.equal(value("loop is defined or iter is defined"), false);
  assert.equal(value("iter.x", { stepLocals: { x: 1 } }), 1, "outside of a loop iter.x is step.x");
});

test("keys of Object.prototype are no names", () => {
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.equal(value(`${name} is defined`, { iteration: ITERATION, locals: {}, stepLocals: {} }), false, name);
    assert.equal(
      value(`ctx.${name} is defined or workload.${name} is defined or steps.${name} is defined`),
      false,
      name,
    );
  }
});

test("a name is not looked for further than it is found", () => {
  const asked: string[] = [];
  const result = (step: string) => {
    asked.push(step);
    return undefined;
  };
  value("token ~ limit", { result });
  assert.deepEqual(asked, ["limit"]);
});

test("event names are widened", () => {
  assert.deepEqual(eventNames("call.done"), ["call.done", "step.done", "step.exit", "command.completed"]);
  assert.ok(eventNames("loop.done").includes("call.done"));
  assert.ok(!eventNames("loop.done", true).includes("call.done"));
  assert.deepEqual(eventNames("call.error"), ["call.error", "step.failed", "command.failed"]);
  assert.deepEqual(eventNames("step.skipped"), ["step.skipped"]);
  const event = eventView("loop.done", { step: "s", status: "ok", routerMentionsLoopDone: true });
  const at = (source: string) => value(source, { locals: { event } });
  assert.equal(at("event.name == 'loop.done' and event.name == 'step.done' and event.name != 'call.done'"), true);
  assert.equal(at("event.name in ['step.exit']"), true);
  assert.equal(at("event.status == 'success'"), true);
  assert.deepEqual(at("event"), { name: "loop.done", step: "s", status: "ok" });
});
