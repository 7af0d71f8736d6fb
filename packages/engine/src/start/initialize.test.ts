import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "@noetl/core";
import { planOf } from "@noetl/playbook";
import { play } from "../../test/kit/host.ts";
import { playbook } from "../../test/kit/playbook.ts";
import { openRun } from "../run.ts";
import { type InitializeOptions, initialize, refuse } from "./initialize.ts";

type Values = { [key: string]: Json };

const options: InitializeOptions = {
  payload: {},
  env: { APP_HOST: "db0" },
  now: 1_700_000_000_000,
  execution_id: "77",
  definition: "d",
};

function workload(document: Values, payload: Values = {}, more: Partial<InitializeOptions> = {}) {
  return initialize(planOf(playbook({ start: {} }, { workload: document })), { ...options, payload, ...more }).workload;
}

test("the workload renders once, keys refer to each other in any order, types stay", () => {
  const document = {
    base: "{{ 'https://' + host }}",
    host: "{{ env.APP_HOST | default('localhost') }}",
    run_label: "run-{{ execution_id }}",
    limit: 25,
    list: ["{{ workload.limit }}", { deep: "{{ limit + 1 }}" }],
    job_id: "{{ job.uuid }}",
  };
  assert.deepEqual(workload(document), {
    base: "https://db0",
    host: "db0",
    run_label: "run-77",
    limit: 25,
    list: [25, { deep: 26 }],
    job_id: "77",
  });
  assert.equal(workload(document, { host: "db1" }).base, "https://db1");
});

test("payload values are never rendered", () => {
  const { a, b } = workload({ a: "x", b: "{{ a }}" }, { a: "{{ env.APP_HOST }}" });
  assert.deepEqual([a, b], ["{{ env.APP_HOST }}", "{{ env.APP_HOST }}"]);
});

test("payload wins per top-level key; deep merges maps and replaces lists", () => {
  const document = { db: { host: "{{ env.APP_HOST }}", port: 1 }, list: [1, 2] };
  const payload = { db: { port: 2 }, list: [3], extra: true };
  assert.deepEqual(workload(document, payload), { db: { port: 2 }, list: [3], extra: true });
  assert.deepEqual(workload(document, payload, { merge: "deep" }), {
    db: { host: "db0", port: 2 },
    list: [3],
    extra: true,
  });
});

test("a key that refers to itself, or to a circle, sees the engine's name or nothing", () => {
  assert.deepEqual(workload({ execution_id: "{{ execution_id }}", user: "{{ user }}" }), {
    execution_id: "77",
    user: null,
  });
  assert.deepEqual(workload({ a: "{{ b }}", b: "{{ a }}" }), { a: null, b: null });
});

test("secrets stay as text, they are resolved where they are used", () => {
  const document = { token: "{{ keychain.api.token }}", mixed: "Bearer {{ keychain.api.token }}" };
  assert.deepEqual(workload(document), document);
});

test("a key called __proto__ is a key", () => {
  const given = JSON.parse('{"__proto__": {"polluted": 1}}') as Values;
  const made = workload({ a: 1 }, given);
  assert.equal(Object.getPrototypeOf(made), Object.prototype);
  assert.equal(({} as Values).polluted, undefined);
});

test("legacy root vars are the first variables, each sees those before it", () => {
  const plan = planOf(
    playbook({ start: {} }, { workload: { n: 1 }, vars: { a: "{{ workload.n + 1 }}", b: "{{ a * 2 }}" } }),
  );
  assert.deepEqual(initialize(plan, options).ctx, { a: 2, b: 4 });
  assert.deepEqual(initialize(plan, { ...options, ctx: { b: 9 } }).ctx, { a: 2, b: 9 });
});

test("what cannot start is refused before there is a run", () => {
  const plan = planOf(playbook({ start: {} }, { workload: { bad: "{{ 1 / 0 }}" } }));
  assert.throws(() => initialize(plan, options), { meaning: "validation" });
  const good = planOf(playbook({ start: {} }));
  assert.throws(() => initialize(good, { ...options, target: "nope" }), { code: "E_TARGET_STEP" });
  assert.throws(() => initialize(good, { ...options, depth: 33 }), { code: "E_LIMIT_DEPTH" });
  assert.equal(initialize(good, { ...options, depth: 32 }).depth, 32);
});

test("a refused run has a log all the same: one terminal event, no step, no final step", () => {
  const plan = planOf(playbook({ start: {}, tidy: {} }, { spec: { final_step: "tidy" } }));
  const error = { kind: "template" as const, retryable: false, message: "workload.bad cannot be rendered" };
  const event = { ...refuse(plan, options, error), event_id: "1", execution_id: "77", seq: 1, ts: 5 };
  const run = openRun(plan);
  run.fold(event);
  const { events } = run.advance((body) => ({ ...body, event_id: "n", execution_id: "77", seq: run.seq + 1, ts: 6 }));
  assert.deepEqual(
    events.map(({ type }) => type),
    ["playbook.failed"],
  );
  assert.deepEqual([run.view().status, run.view().error], ["FAILED", error]);
});

test("a limit that cannot be rendered fails the run at its start", () => {
  const { run, events } = play(planOf(playbook({ start: {} }, { limits: { max_steps: "{{ 'many' }}" } })));
  assert.deepEqual([run.status, run.view().error?.kind], ["FAILED", "configuration"]);
  assert.ok(!events.some(({ type }) => type === "step.enter"));
});

test("a target step is where the run begins", () => {
  const { events } = play(planOf(playbook({ start: { arcs: ["b"] }, b: {} })), { start: { target: "b" } });
  assert.deepEqual(
    events.flatMap((event) => (event.type === "step.enter" ? [event.step] : [])),
    ["b"],
  );
});
