import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject, type Json } from "@noetl/core";
import { planOf } from "@noetl/playbook";
import { type Answer, play } from "../test/kit/host.ts";
import { playbook, type StepShape } from "../test/kit/playbook.ts";
import { type Command, type LogEvent, openRun } from "./index.ts";

const failed: Answer = { error: { kind: "process", message: "boom" } };

/** One loop step, then a step that always follows when it succeeded. */
function loop(
  shape: StepShape["loop"],
  options: {
    answer?: (index: number, command: Command) => Answer;
    rank?: (key: string) => number;
    shape?: StepShape;
    limits?: Parameters<typeof playbook>[1] extends infer O ? (O extends { limits?: infer L } ? L : never) : never;
    workload?: { [key: string]: import("@noetl/core").Json };
    bodies?: { [ref: string]: import("@noetl/core").Json };
  } = {},
) {
  const steps = { start: { loop: shape ?? {}, arcs: ["next"], ...options.shape }, next: {} };
  const { limits, workload } = options;
  const book = playbook(steps, { ...(limits ? { limits } : {}), ...(workload ? { workload } : {}) });
  const ended = play(planOf(book), {
    behave: (command) =>
      command.issued.step === "start" ? (options.answer?.(command.issued.iteration ?? -1, command) ?? {}) : {},
    ...(options.rank ? { rank: options.rank } : {}),
    ...(options.bodies ? { bodies: options.bodies } : {}),
  });
  const view = ended.run.view();
  const [step, next] = view.steps;
  const issued = ended.issued.filter((id) => id.startsWith("start#"));
  return { ...ended, view, record: step?.record, step, next: next?.runs ?? 0, commands: issued };
}

/** The most calls of `start` in flight at one time. */
function peak(events: readonly { type: string; step?: string }[]): number {
  let running = 0;
  let most = 0;
  for (const { type, step } of events) {
    if (step !== "start") continue;
    if (type === "command.issued") most = Math.max(most, ++running);
    if (type === "command.completed" || type === "command.failed") running--;
  }
  return most;
}

const backwards = (key: string) => -Number(/\.(\d+)\//.exec(key)?.[1] ?? 0);

test("L-01 a parallel loop keeps the order of its items, whatever the order of completion", () => {
  const { record, next } = loop(
    { in: [3, 1, 2], mode: "parallel" },
    { answer: (_index, { iteration }) => ({ data: { item: iteration?.item ?? null } }), rank: backwards },
  );
  assert.deepEqual(
    record?.parts?.map((part) => part?.data),
    [{ item: 3 }, { item: 1 }, { item: 2 }],
  );
  assert.deepEqual(record?.stats, { total: 3, success: 3, failed: 0, skipped: 0 });
  assert.equal(next, 1);
});

test("L-02 an empty loop is done at once and routes on", () => {
  const { record, next, events } = loop({ in: [] });
  assert.deepEqual(record?.stats, { total: 0, success: 0, failed: 0, skipped: 0 });
  assert.ok(events.some((event) => event.type === "loop.done"));
  assert.equal(next, 1);
});

test("L-03 what is nothing cannot be looped over", () => {
  const { view } = loop({ in: "{{ nope }}" });
  assert.deepEqual([view.status, view.error?.kind, view.error?.code], ["FAILED", "schema", "E_LOOP_NOT_ITERABLE"]);
  assert.match(view.error?.message ?? "", /step 'start'.*nope/);
});

test("L-04 unless the author allows nothing", () => {
  assert.equal(loop({ in: "{{ nope | default([]) }}" }).next, 1);
});

for (const [id, source, items] of [
  ["L-05", { a: 1 }, [{ key: "a", value: 1 }]],
  ["L-06", "a, b\nc", ["a", "b", "c"]],
  ["numbers", "{{ 3 }}", [0, 1, 2]],
  ["JSON text", "{{ '[1,2]' }}", [1, 2]],
] as const) {
  test(`${id} is converted to items`, () => {
    const { events } = loop({ in: source as never });
    const started = events.find((event) => event.type === "loop.started");
    assert.deepEqual(started?.type === "loop.started" && started.items, items);
  });
}

test("L-07 no more than max_in_flight run at a time; 10 by default; one when sequential", () => {
  const items = Array.from({ length: 25 }, (_, i) => i);
  assert.equal(peak(loop({ in: items.slice(0, 5), mode: "parallel", max_in_flight: "{{ 1 + 1 }}" }).events), 2);
  assert.equal(peak(loop({ in: items, mode: "parallel" }).events), 10);
  assert.equal(peak(loop({ in: items, max_in_flight: 7 }).events), 1);
  assert.equal(
    peak(loop({ in: items, mode: "parallel", max_in_flight: 9 }, { limits: { max_in_flight: 4 } }).events),
    4,
  );
});

test("L-08 fail_fast stops a sequential loop at its first failure", () => {
  const { commands, view, record, next } = loop(
    { in: [0, 1, 2, 3] },
    { answer: (i) => (i === 1 ? failed : { data: i }) },
  );
  assert.deepEqual(commands, ["start#1.0/1", "start#1.1/1"]);
  assert.equal(view.status, "FAILED");
  assert.deepEqual(record?.error?.details, { index: 1 });
  assert.deepEqual(record?.stats, { total: 4, success: 1, failed: 1, skipped: 2 });
  assert.equal(next, 0);
});

test("fail_fast waits for the iterations that run", () => {
  const { record, commands } = loop(
    { in: [0, 1, 2, 3, 4, 5], mode: "parallel", max_in_flight: 3 },
    { answer: (i) => (i === 2 ? failed : { data: i }), rank: backwards },
  );
  assert.equal(commands.length, 3);
  assert.deepEqual(record?.stats, { total: 6, success: 2, failed: 1, skipped: 3 });
});

test("L-09 best_effort runs all, counts failures and succeeds", () => {
  const { record, view, next } = loop(
    { in: [0, 1, 2], failure: "best_effort" },
    { answer: (i) => (i === 1 ? failed : { data: i }) },
  );
  assert.deepEqual([view.status, next], ["COMPLETED", 1]);
  assert.deepEqual(record?.parts, [{ data: 0 }, null, { data: 2 }]);
  assert.deepEqual(
    record?.errors?.map(({ index }) => index),
    [1],
  );
  assert.equal(record?.stats?.failed, 1);
});

const cursor = { source: { cursor: { kind: "postgres", claim: "SELECT 1", options: {} } }, mode: "cursor" as const };

/** A queue of rows behind a cursor: every claim takes the next number of rows. */
function claims(counts: number[], more: Partial<Answer["frame"] & object> = {}) {
  const left = [...counts];
  return () => {
    const claimed = left.shift() ?? 0;
    return { frame: { claimed, success: claimed, failed: 0, ...(claimed > 0 ? more : {}) } };
  };
}

test("L-10 a cursor claims until nothing is left", () => {
  const { record, next, commands } = loop(cursor, { answer: claims([2, 1, 0]) });
  assert.deepEqual(record?.cursor, { cursor: "drained", frames: 2, rows: 3 });
  assert.deepEqual(record?.stats, { total: 3, success: 3, failed: 0, skipped: 0 });
  assert.deepEqual(commands, ["start#1.L0.0/1", "start#1.L0.1/1", "start#1.L0.2/1"]);
  assert.equal(next, 1);
});

test("every lane of a cursor claims until it gets nothing", () => {
  const { record, events } = loop({ ...cursor, max_in_flight: 3 }, { answer: claims([5, 5, 5, 5]) });
  assert.equal(record?.cursor?.rows, 20);
  assert.equal(peak(events), 3);
});

test("failed rows are counted by default; with fail_fast they end the cursor", () => {
  const rows = { success: 1, failed: 1 };
  assert.equal(loop(cursor, { answer: claims([2, 2], rows) }).record?.stats?.failed, 2);
  const strict = loop({ ...cursor, failure: "fail_fast" }, { answer: claims([2, 2], rows) });
  assert.deepEqual([strict.view.status, strict.commands.length], ["FAILED", 1]);
});

test("a claim that fails ends the step, in best effort too", () => {
  const frame = { claimed: 0, success: 0, failed: 0 };
  const { view } = loop(cursor, { answer: () => ({ error: { kind: "db" }, frame }) });
  assert.deepEqual([view.status, view.error?.kind], ["FAILED", "db"]);
});

test("exec: local is one command with all items; per-iteration outcomes come back", () => {
  let seen: Command | undefined;
  const { record, commands } = loop(
    { in: [1, 2, 3], mode: "parallel", exec: "local", failure: "best_effort", max_in_flight: 2 },
    {
      answer: (_index, command) => {
        seen = command;
        return { parts: [{ data: "a" }, failed, { status: "skipped" }] };
      },
    },
  );
  assert.deepEqual(commands, ["start#1/1"]);
  assert.deepEqual([seen?.issued.mode, seen?.items, seen?.max_in_flight], ["batch", [1, 2, 3], 2]);
  assert.deepEqual(record?.parts, [{ data: "a" }, null, null]);
  assert.deepEqual(record?.stats, { total: 3, success: 1, failed: 1, skipped: 1 });
});

test("exec: local of child playbooks is distributed all the same", () => {
  const { commands } = loop({ in: [1, 2], exec: "local" }, { shape: { kind: "playbook" } });
  assert.deepEqual(commands, ["start#1.0/1", "start#1.1/1"]);
});

test("a sequential iteration sees what those before it wrote; a parallel one may not", () => {
  const seen: unknown[] = [];
  loop(
    { in: [0, 1, 2] },
    {
      shape: { input: { n: "{{ ctx.n }}" } },
      answer: (i, { context }) => {
        seen[i] = context.ctx.n;
        return { updates: [{ path: ["n"], value: i }] };
      },
    },
  );
  assert.deepEqual(seen, [undefined, 0, 1]);
});

test("step set runs once, after the loop, with the aggregate as output", () => {
  const { view } = loop(
    { in: [1, 2], mode: "parallel" },
    {
      shape: { set: { "ctx.n": "{{ (ctx.n | default(0)) + output.stats.total }}", "ctx.all": "{{ output.data }}" } },
      answer: (i) => ({ data: i * 10 }),
    },
  );
  assert.deepEqual(view.ctx, { n: 2, all: [0, 10] });
});

test("limit cuts the collection; more items than max_iterations are an error", () => {
  assert.equal(loop({ in: [1, 2, 3], limit: 2 }).record?.stats?.total, 2);
  const { view } = loop({ in: [1, 2, 3] }, { limits: { max_iterations: 2 } });
  assert.deepEqual([view.status, view.error?.kind], ["FAILED", "limit"]);
});

test("DSL §22: a cursor that never runs dry ends at max_iterations", () => {
  const { view, commands } = loop(cursor, { limits: { max_iterations: 5 }, answer: () => claims([2])() });
  assert.deepEqual([view.status, view.error?.kind, view.error?.code], ["FAILED", "limit", "E_LIMIT_ITERATIONS"]);
  assert.equal(commands.length, 3);
  assert.equal(loop(cursor, { limits: { max_iterations: 5 }, answer: claims([3, 2]) }).view.status, "COMPLETED");
});

test("max_items truncates what is kept, and says so", () => {
  const accumulate = { enabled: true, strategy: "append", max_items: 2 };
  const { record } = loop({ in: [1, 2, 3] }, { shape: { output: { accumulate } }, answer: (i) => ({ data: i }) });
  assert.deepEqual([record?.parts?.length, record?.stats?.truncated], [2, true]);
});

test("concat and merge put the results of the iterations together", () => {
  const results = (accumulate: { [key: string]: Json }) => {
    const output = { accumulate: { enabled: true, ...accumulate } };
    const answer = (i: number) => ({ data: { rows: [i, i] } });
    const { result } = loop({ in: [1, 2, 3] }, { shape: { arcs: [], output }, answer }).view;
    return result && "data" in result && isObject(result.data) ? result.data.results : undefined;
  };
  assert.deepEqual(results({ strategy: "concat", merge_path: "rows" }), [0, 0, 1, 1, 2, 2]);
  assert.deepEqual(results({ strategy: "concat", merge_path: "rows", max_items: 3 }), [0, 0, 1]);
  assert.deepEqual(results({ strategy: "merge" }), [{ rows: [2, 2] }]);
  assert.deepEqual(results({ strategy: "replace" }), [{ rows: [2, 2] }]);
});

test("an aggregate whose parts are stored elsewhere is fetched, in one round, for the result of the run", () => {
  const ref = (n: number) => ({
    kind: "result_ref" as const,
    ref: `noetl://execution/x1/result/start/${n}`,
    store: "kv",
    scope: "execution",
    expires_at: null,
    meta: { bytes: 9, sha256: "", media_type: "application/json" },
    extracted: {},
  });
  const { view } = loop(
    { in: [1, 2] },
    {
      shape: { arcs: [] },
      answer: (i) => ({ ref: ref(i) }),
      bodies: { [ref(0).ref]: { big: 0 }, [ref(1).ref]: { big: 1 } },
    },
  );
  const { result } = view;
  assert.deepEqual(result && "data" in result && (result.data as { results: unknown }).results, [
    { big: 0 },
    { big: 1 },
  ]);
});

test("a loop runs over the results of a loop before it", () => {
  const book = playbook({
    start: { loop: { in: [1, 2] }, arcs: ["second"] },
    second: { loop: { in: "{{ start }}" } },
  });
  const items: unknown[] = [];
  play(planOf(book), {
    behave: ({ issued, iteration }) => {
      if (issued.step === "second") items.push(iteration?.item);
      return { data: `r${issued.iteration}` };
    },
  });
  assert.deepEqual(items, ["r0", "r1"]);
});

test("an unhandled failure elsewhere stops a loop: what runs finishes, no further iteration starts", () => {
  const book = playbook({
    start: { mode: "inclusive", arcs: ["bad", "many"] },
    bad: {},
    many: { loop: { in: [0, 1, 2, 3], mode: "parallel", max_in_flight: 2 }, arcs: ["after"] },
    after: {},
  });
  const { run, issued, events } = play(planOf(book), {
    behave: ({ issued: { step } }) => (step === "bad" ? failed : {}),
    rank: (key) => (key.startsWith("bad") ? 0 : 1),
  });
  const { status, steps, failed_steps } = run.view();
  assert.deepEqual([status, failed_steps], ["FAILED", ["bad"]]);
  assert.deepEqual(
    issued.filter((id) => id.startsWith("many")),
    ["many#1.0/1", "many#1.1/1"],
  );
  assert.deepEqual([steps[2]?.status, steps[3]?.runs], ["CANCELLED", 0]);
  const exit = events.find((event) => event.type === "step.exit" && event.step === "many");
  assert.equal(exit?.type === "step.exit" && exit.error?.message, "step 'bad' failed, and nothing more was begun");
});

test("a delivery event that carries the seq of another one, and stands before it, hides nothing", () => {
  const plan = planOf(playbook({ start: { loop: { in: [1, 2, 3], mode: "parallel" } } }));
  const { events } = play(plan, {});
  const log = events.flatMap((event): LogEvent[] => {
    if (event.type !== "command.issued") return [event];
    const { execution_id, seq, ts, step, run, command_id } = event;
    return [{ type: "command.claimed", event_id: `c${seq}`, execution_id, seq, ts, step, run, command_id }, event];
  });
  const folded = openRun(plan);
  for (const event of log) folded.fold(event);
  const plain = openRun(plan);
  for (const event of events) plain.fold(event);
  assert.deepEqual(folded.view(), plain.view());
});
