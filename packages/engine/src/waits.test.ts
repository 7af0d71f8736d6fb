import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@noetl/playbook";
import { type HostOptions, play } from "../test/kit/host.ts";
import { playbook, type StepShape } from "../test/kit/playbook.ts";
import type { Command, EventBody, LogEvent, Run, Wait } from "./index.ts";

const child = (more: Partial<Extract<Wait, { kind: "child" }>> = {}): Wait => ({
  kind: "child",
  path: "lib/child",
  payload: {},
  wait: true,
  return_result: true,
  timeout_ms: 60_000,
  cancel_on_timeout: false,
  ...more,
});

/** `start` parks once with `wait`; its second leg answers with what it was resumed by. */
function parkOnce(wait: Wait, host: Partial<HostOptions> = {}, shape: StepShape = {}) {
  const legs: Command[] = [];
  const book = playbook({ start: { arcs: ["next"], ...shape }, next: {} });
  const ended = play(planOf(book), {
    behave: (command) => {
      if (command.issued.step !== "start") return {};
      legs.push(command);
      return command.resume ? { data: command.resume.outcome.kind } : { park: wait };
    },
    ...host,
  });
  const view = ended.run.view();
  return { ...ended, view, legs, resumed: legs.findLast((leg) => leg.resume)?.resume };
}

const types = (events: readonly LogEvent[]) => events.map((event) => event.type);

test("a parked call goes on when its child has ended, with the child's end", () => {
  const { view, resumed, issued, events } = parkOnce(child(), {
    child: () => ({ result: { data: { score: 1 } } }),
  });
  assert.equal(view.status, "COMPLETED");
  assert.deepEqual(issued, ["start#1/1", "start#1~1/1", "next#1/1"]);
  assert.equal(resumed?.outcome.kind, "child");
  const { outcome, state } = resumed ?? {};
  assert.deepEqual(state, { task: 0 });
  assert.ok(outcome?.kind === "child" && outcome.event.type === "child.completed");
  assert.deepEqual(outcome.event.result, { data: { score: 1 } });
  assert.ok(types(events).includes("child.started"));
});

test("a child that could not be started ends the wait with its error", () => {
  const { resumed } = parkOnce(child(), {
    child: () => ({
      child_execution_id: null,
      status: "FAILED",
      error: { kind: "not_found", retryable: false, message: "no such playbook" },
    }),
  });
  const outcome = resumed?.outcome;
  assert.ok(outcome?.kind === "child" && outcome.event.type === "child.completed");
  assert.equal(outcome.event.error?.kind, "not_found");
});

test("a child that nobody waits for is forgotten once it has started", () => {
  const { resumed, events } = parkOnce(child({ wait: false }));
  const outcome = resumed?.outcome;
  assert.ok(outcome?.kind === "child" && outcome.event.type === "child.started");
  assert.equal(outcome.event.child_execution_id, "c-start#1");
  assert.ok(!types(events).includes("child.completed"));
});

test("a timer ends its wait; a child or a callback that takes too long ends in a time-out", () => {
  assert.equal(parkOnce({ kind: "timer", delay_ms: 45_000 }).resumed?.outcome.kind, "timer");
  const callback = parkOnce({ kind: "callback", token: "t", timeout_ms: 5_000, info: {} });
  assert.equal(callback.resumed?.outcome.kind, "timeout");
});

test("a callback is answered by a call.done of the parked call", () => {
  const { resumed } = parkOnce({ kind: "callback", token: "t", timeout_ms: 5_000, info: { answer: { ok: 1 } } });
  assert.deepEqual(resumed?.outcome, { kind: "callback", result: { ok: 1 } });
});

test("what a call wrote before it parked is there at once", () => {
  const book = playbook({ start: { mode: "inclusive", arcs: ["a", "b"] }, a: {}, b: { guard: "{{ true }}" } });
  const { events } = play(planOf(book), {
    behave: ({ issued, resume }) =>
      issued.step === "a" && !resume
        ? { park: { kind: "timer", delay_ms: 10 }, updates: [{ path: ["k"], value: 1 }] }
        : {},
  });
  const order = types(events);
  assert.ok(order.indexOf("ctx.updated") < order.indexOf("timer.fired"));
});

test("the step's timeout ends a call that is parked, and is a failure that can be routed", () => {
  const { view, events } = parkOnce(
    { kind: "callback", token: "t", timeout_ms: 0, info: {} },
    {},
    {
      spec: { timeout_seconds: "{{ 1 + 1 }}" },
      arcs: [{ to: "next", when: "{{ error.kind == 'timeout' }}" }],
    },
  );
  assert.deepEqual([view.status, view.steps[0]?.status], ["COMPLETED", "FAILED"]);
  assert.ok(types(events).includes("command.cancelled"));
});

test("a deadline ends the whole loop, running iterations included", () => {
  const book = playbook({ start: { loop: { in: [1, 2, 3], mode: "parallel" }, spec: { deadline_s: 3 } } });
  const { run, events } = play(planOf(book), {
    behave: ({ issued }) => (issued.iteration === 1 ? { hang: true } : {}),
  });
  const view = run.view();
  assert.deepEqual([view.status, view.error?.kind], ["FAILED", "timeout"]);
  assert.deepEqual(view.steps[0]?.record?.stats, { total: 3, success: 2, failed: 1, skipped: 0 });
  const given = events.filter((event) => event.type === "command.cancelled");
  assert.deepEqual(
    given.map((event) => event.type === "command.cancelled" && event.command_id),
    ["start#1.1"],
  );
});

test("a worker's command carries the deadline of its step", () => {
  let deadline: number | undefined;
  const { events } = play(planOf(playbook({ start: { spec: { deadline_s: 2.5 } } })), {
    behave: (command) => {
      deadline = command.deadline;
      return {};
    },
  });
  const enter = events.find((event) => event.type === "step.enter");
  assert.equal(deadline, (enter?.ts ?? 0) + 2_500);
});

test("a limit that is no number fails the step with kind configuration", () => {
  const { run } = play(planOf(playbook({ start: { spec: { timeout_seconds: "{{ 'soon' }}" } } })));
  assert.equal(run.view().error?.kind, "configuration");
});

test("a lost worker's command is issued again, three times in all, then the call fails", () => {
  const losing = (times: number) => {
    let lost = 0;
    return play(planOf(playbook({ start: {} })), {
      behave: () => (lost++ < times ? { lost: true } : { data: "here" }),
    });
  };
  const twice = losing(2);
  assert.deepEqual(twice.issued, ["start#1/1", "start#1/2", "start#1/3"]);
  assert.deepEqual(twice.run.view().result, { data: "here" });
  const gone = losing(9);
  assert.equal(gone.issued.length, 3);
  assert.deepEqual([gone.run.view().status, gone.run.view().error?.code], ["FAILED", "WORKER_LOST"]);
});

const cancel: EventBody = { type: "execution.cancel_requested", reason: "enough" };

/** Asks once, as soon as `when` holds. */
function once(
  when: (run: Run, events: readonly LogEvent[]) => boolean,
  body: EventBody,
): NonNullable<HostOptions["interrupt"]> {
  let asked = false;
  return (run, events) => {
    if (asked || !when(run, events)) return undefined;
    asked = true;
    return body;
  };
}

const whenIssued = (id: string) => (_run: Run, events: readonly LogEvent[]) =>
  events.some((event) => event.type === "command.issued" && event.command_id === id);

test("cancel stops what runs, starts nothing else, and ends CANCELLED", () => {
  const book = playbook({ start: { arcs: ["a"] }, a: { loop: { in: [1, 2, 3] }, arcs: ["b"] }, b: {} });
  const { run, events } = play(planOf(book), { interrupt: once(whenIssued("a#1.0"), cancel) });
  const view = run.view();
  assert.deepEqual(
    view.steps.map(({ status }) => status),
    ["COMPLETED", "CANCELLED", "PENDING"],
  );
  assert.equal(view.status, "CANCELLED");
  const last = events.at(-1);
  assert.ok(last?.type === "execution.cancelled" && last.reason === "enough");
});

test("a worker that does not answer is given up after the grace period of 30 s", () => {
  const { run, events } = play(planOf(playbook({ start: {} })), {
    behave: () => ({ hang: true }),
    interrupt: once(() => true, cancel),
  });
  assert.equal(run.view().status, "CANCELLED");
  const asked = events.find((event) => event.type === "execution.cancel_requested")?.ts ?? 0;
  const given = events.find((event) => event.type === "command.cancelled")?.ts ?? 0;
  assert.ok(given - asked >= 30_000 && given - asked < 31_000);
});

test("cancel gives up timers and callbacks at once and waits for children", () => {
  const parked = (wait: Wait) =>
    parkOnce(wait, {
      interrupt: once(
        (run) => [...run.waiting()].some(({ child: id }) => id !== undefined || wait.kind !== "child"),
        cancel,
      ),
    });
  const timer = parked({ kind: "timer", delay_ms: 3_600_000 });
  assert.equal(timer.view.status, "CANCELLED");
  assert.ok(!types(timer.events).includes("timer.fired"));
  const running = parked(child());
  assert.equal(running.view.status, "CANCELLED");
  const ended = running.events.find((event) => event.type === "child.completed");
  assert.equal(ended?.type === "child.completed" && ended.status, "CANCELLED");
  assert.deepEqual(running.issued, ["start#1/1"]);
});

test("the final step runs after a cancel, and is not stopped by it", () => {
  const book = playbook({ start: {}, tidy: {} }, { spec: { final_step: "tidy" } });
  const seen: unknown[] = [];
  const { run } = play(planOf(book), {
    behave: ({ issued, context }) => {
      if (issued.step === "tidy") seen.push(context.engine.event);
      return issued.step === "tidy" ? {} : { hang: true };
    },
    interrupt: once(whenIssued("start#1"), cancel),
  });
  const view = run.view();
  assert.deepEqual([view.status, view.steps[1]?.status], ["CANCELLED", "COMPLETED"]);
  assert.equal((seen[0] as { status: string }).status, "CANCELLED");
});

test("a second cancel waits for nothing", () => {
  let times = 0;
  const { run, events } = play(planOf(playbook({ start: {}, tidy: {} }, { spec: { final_step: "tidy" } })), {
    behave: () => ({ hang: true }),
    interrupt: () => (times++ < 2 ? cancel : undefined),
  });
  assert.equal(run.view().status, "CANCELLED");
  assert.ok(!types(events).includes("timer.fired"));
  assert.equal(run.view().steps[1]?.runs, 0);
});

test("a run that takes longer than its limit is stopped and FAILED with kind timeout", () => {
  const book = playbook({ start: {} }, { limits: { timeout_seconds: 5 } });
  const { run } = play(planOf(book), { behave: () => ({ hang: true }) });
  assert.deepEqual([run.view().status, run.view().error?.kind], ["FAILED", "timeout"]);
});

test("nothing changes after the terminal event", () => {
  const { run, events } = play(planOf(playbook({ start: {} })));
  const before = JSON.stringify(run.view());
  const last = events.at(-1);
  assert.ok(last);
  run.fold({ ...cancel, event_id: "late", execution_id: "x1", seq: last.seq + 1, ts: last.ts } as LogEvent);
  assert.deepEqual(
    [JSON.stringify(run.view()), run.advance(() => assert.fail("decided something")).events],
    [before, []],
  );
  assert.deepEqual([...run.pending(), run.nextTimer()], [undefined]);
});

test("commands of a grandchild know the run at the root: what is shared is kept under its name (DSL §9.1)", () => {
  const seen: Command[] = [];
  const behave = (command: Command) => {
    seen.push(command);
    return {};
  };
  const parent = { execution_id: "2", command_id: "c", step: "s" };
  play(planOf(playbook({ start: {} })), { behave, start: { parent, root_execution_id: "1" } });
  const { parent_execution_id, root_execution_id } = seen[0]?.context.engine ?? {};
  assert.deepEqual([parent_execution_id, root_execution_id], ["2", "1"]);
});
