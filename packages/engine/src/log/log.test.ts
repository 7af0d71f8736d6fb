import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@noetl/playbook";
import { play } from "../../test/kit/host.ts";
import { playbook } from "../../test/kit/playbook.ts";
import type { LogEvent } from "../events.ts";
import { canonicalLog } from "./canonical.ts";
import { explain } from "./explain.ts";

const book = planOf(
  playbook({
    start: { mode: "inclusive", arcs: ["a", "b", { to: "never", when: "{{ output.n > 9 }}" }] },
    a: { arcs: [{ to: "join" }] },
    b: { arcs: [{ to: "join" }] },
    join: { guard: "{{ workload.on is defined }}" },
    never: {},
  }),
);

/** The same log as another host would have written it. */
function elsewhere(events: readonly LogEvent[], id: string): LogEvent[] {
  return events.map((event) => {
    const text = JSON.stringify(event).replaceAll('"x1"', `"${id}"`);
    const copy = JSON.parse(text) as LogEvent;
    const envelope =
      "envelope" in copy
        ? { envelope: { ...copy.envelope, meta: { ...copy.envelope.meta, duration_ms: 99, worker: "w" } } }
        : {};
    return { ...copy, ...envelope, event_id: `${id}-${event.seq}`, ts: event.ts * 3 } as LogEvent;
  });
}

test("logs of two hosts are the same in canonical form; a different decision shows", () => {
  const { events } = play(book, { behave: () => ({ data: { n: 1 } }) });
  assert.deepEqual(canonicalLog(elsewhere(events, "7000000001")), canonicalLog(events));
  const heartbeat: LogEvent = {
    type: "command.heartbeat",
    step: "a",
    run: 1,
    command_id: "a#1",
    event_id: "h",
    execution_id: "x1",
    seq: 99,
    ts: 1,
  };
  assert.deepEqual(canonicalLog([...events, heartbeat]), canonicalLog(events));
  const other = play(book, { behave: () => ({ data: { n: 10 } }) });
  assert.notDeepEqual(canonicalLog(other.events), canonicalLog(events));
});

test("why: an arc that was not taken, a step that was skipped", () => {
  const { events } = play(book, { behave: () => ({ data: { n: 1 } }) });
  const { steps, status, waiting } = explain(book, events);
  assert.deepEqual([status, waiting], ["COMPLETED", []]);
  const byName = new Map(steps.map((step) => [step.step, step]));
  assert.deepEqual(byName.get("never")?.not_taken, [
    { from: "start", run: 1, arc: 2, event: "call.done", reason: "false" },
  ]);
  assert.deepEqual([byName.get("never")?.status, byName.get("join")?.status], ["PENDING", "SKIPPED"]);
  assert.equal(byName.get("join")?.runs[0]?.skipped, "guard");
  assert.deepEqual(
    byName.get("start")?.runs[0]?.arcs.map(({ taken }) => taken),
    [true, true, false],
  );
  assert.deepEqual(
    explain(book, events, "never").steps.map(({ step }) => step),
    ["never"],
  );
});

test("why: a join that waits says for whom, a worker that does not answer is named", () => {
  const { events } = play(book, {
    behave: ({ issued }) => (issued.step === "b" ? { hang: true } : { data: { n: 1 } }),
  });
  const { status, waiting } = explain(book, events);
  assert.equal(status, "RUNNING");
  assert.deepEqual(waiting, [
    { for: "worker", step: "b", command_id: "b#1", attempt: 1, stopping: false },
    { for: "step", step: "join", arrived: ["a"], waits_for: "b" },
  ]);
});

test("why: a failure, how often it was tried, and that nothing took it", () => {
  const failing = planOf(playbook({ start: { arcs: ["next"] }, next: {} }));
  let lost = true;
  const { events } = play(failing, {
    behave: () => {
      if (!lost) return { error: { kind: "timeout", message: "too slow" } };
      lost = false;
      return { lost: true };
    },
  });
  const { steps, error, failed_steps } = explain(failing, events);
  assert.deepEqual([failed_steps, error?.message], [["start"], "step 'start' failed: too slow"]);
  const [run] = steps[0]?.runs ?? [];
  assert.deepEqual([run?.handled, run?.error?.kind], [false, "timeout"]);
  assert.deepEqual(
    run?.calls.map(({ deliveries, attempts, outcome }) => ({ deliveries, attempts, outcome })),
    [{ deliveries: 2, attempts: 1, outcome: "error" }],
  );
  assert.deepEqual(steps[1]?.not_taken[0]?.reason, "not_failure_arc");
});

test("why: what a parked call waits for", () => {
  const plan = planOf(playbook({ start: {} }));
  const { events } = play(plan, {
    behave: () => ({ park: { kind: "callback", token: "t", timeout_ms: 0, info: { job: 1 } } }),
  });
  assert.deepEqual(explain(plan, events).waiting, [
    { for: "callback", step: "start", command_id: "start#1", info: { job: 1 } },
  ]);
});
