import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@noetl/playbook";
import { play } from "../../test/kit/host.ts";
import { playbook, type StepShape } from "../../test/kit/playbook.ts";
import type { Command } from "../command.ts";
import { openRun } from "../run.ts";

/** The command of step `last`, after a step `first` that returned `data`. */
function commandOf(last: StepShape, data: import("@noetl/core").Json = { n: 1 }): Command {
  let seen: Command | undefined;
  const book = playbook(
    { first: { set: { "ctx.kept": 1, "ctx.other": 2 }, arcs: ["last"] }, last },
    { workload: { a: 1, b: 2 } },
  );
  play(planOf(book), {
    behave: (command) => {
      if (command.issued.step === "last") seen = command;
      return { data };
    },
    start: { env: { HOME: "/h" } },
  });
  assert.ok(seen);
  return seen;
}

test("a command carries only what its step reads", () => {
  const { context } = commandOf({ input: { x: "{{ a }}", y: "{{ ctx.kept }}", z: "{{ first.n }}" } });
  assert.deepEqual(context.workload, { a: 1 });
  assert.deepEqual(context.ctx, { kept: 1 });
  assert.deepEqual(Object.keys(context.steps), ["first"]);
  assert.equal(context.engine.env, undefined);
  assert.equal(context.engine.execution_id, "x1");
});

test("a step that reads everything gets everything", () => {
  const { context } = commandOf({ input: { all: "{{ ctx }}", home: "{{ env.HOME }}" } });
  assert.deepEqual(context.ctx, { kept: 1, other: 2 });
  assert.deepEqual(context.workload, { a: 1, b: 2 });
  assert.deepEqual(context.engine.env, { HOME: "/h" });
});

test("a bare result is the data of the step whose arc led here", () => {
  const { context } = commandOf({ input: { x: "{{ result.n }}" } });
  assert.deepEqual([context.previous, context.engine.result], ["first", { n: 1 }]);
});

test("a command is the same after the log was folded again", () => {
  const plan = planOf(
    playbook({
      start: { set: { "ctx.k": "{{ output }}" }, arcs: ["loop"] },
      loop: { loop: { in: ["x", "y"], mode: "parallel" }, input: { k: "{{ ctx.k }}", i: "{{ item }}" } },
    }),
  );
  const { run, events } = play(plan, {
    behave: ({ issued }) => (issued.step === "loop" ? { hang: true } : { data: [1] }),
  });
  const again = openRun(plan);
  for (const event of events) again.fold(event);
  const all = [...run.pending()];
  assert.equal(all.length, 2);
  assert.deepEqual([...again.pending()], all);
  for (const { command_id } of all) assert.deepEqual(again.command(command_id), run.command(command_id));
  assert.deepEqual(again.command("loop#1.1")?.iteration, { index: 1, total: 2, item: "y" });
});

test("commands between which nothing changed share one snapshot", () => {
  const plan = planOf(playbook({ start: { loop: { in: [1, 2], mode: "parallel" }, input: { c: "{{ ctx }}" } } }));
  const { run } = play(plan, { behave: () => ({ hang: true }) });
  assert.equal(run.command("start#1.0")?.context, run.command("start#1.1")?.context);
});
