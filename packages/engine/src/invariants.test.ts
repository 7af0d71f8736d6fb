import assert from "node:assert/strict";
import { test } from "node:test";
import { type Plan, planOf } from "@noetl/playbook";
import fc from "fast-check";
import { chance, type World, worlds } from "../test/kit/generate.ts";
import { type Ended, play } from "../test/kit/host.ts";
import { canonicalLog, type LogEvent, openRun } from "./index.ts";

const TERMINAL = new Set(["playbook.completed", "playbook.failed", "execution.cancelled"]);

function ofType<T extends LogEvent["type"]>(events: readonly LogEvent[], type: T) {
  return events.filter((event): event is Extract<LogEvent, { type: T }> => event.type === type);
}

function endsOnce({ events, run }: Ended): void {
  assert.equal(events.filter(({ type }) => TERMINAL.has(type)).length, 1, "one terminal event");
  assert.ok(TERMINAL.has(events.at(-1)?.type ?? ""), "the terminal event is the last");
  assert.ok(["COMPLETED", "FAILED", "CANCELLED"].includes(run.status));
  const last = events.at(-1);
  if (last?.type === "playbook.failed") assert.ok(last.error.message !== "" && last.error.kind !== undefined);
}

/** Every run of a step is entered and exited, or skipped, once; runs are numbered without gaps. */
function stepsEnd({ events }: Ended): void {
  const seen = new Map<string, string[]>();
  const runs = new Map<string, number>();
  for (const event of events) {
    if (event.type !== "step.enter" && event.type !== "step.exit" && event.type !== "step.skipped") continue;
    const key = `${event.step}#${event.run}`;
    seen.set(key, [...(seen.get(key) ?? []), event.type]);
    if (event.type === "step.exit") continue;
    assert.equal(event.run, (runs.get(event.step) ?? 0) + 1, `${key} follows the run before it`);
    runs.set(event.step, event.run);
  }
  for (const [key, types] of seen) {
    assert.ok(["step.enter,step.exit", "step.skipped"].includes(types.join()), `${key}: ${types.join()}`);
  }
}

function commandsAreIssuedOnce({ issued, events }: Ended): void {
  assert.equal(new Set(issued).size, issued.length, "no command is issued twice");
  const open = new Set<string>();
  for (const event of events) {
    if (event.type === "command.issued") {
      if (event.attempt === 1) open.add(event.command_id);
      else assert.ok(open.has(event.command_id), `${event.command_id} had ended when it was issued again`);
    }
    const over = event.type === "command.completed" || event.type === "command.failed";
    if ((over && !event.pending_callback) || event.type === "command.cancelled") open.delete(event.command_id);
  }
}

function routersKeepTheirMode(plan: Plan, { events }: Ended): void {
  for (const { step, selected } of ofType(events, "next.evaluated")) {
    if (plan.steps.get(step)?.step.next?.mode === "exclusive") assert.ok(selected.length <= 1, `${step} is exclusive`);
  }
}

/** A loop yields exactly its items: each iteration is issued at most once, and all of them when the loop is done. */
function loopsYieldTheirItems({ events }: Ended): void {
  for (const { step, run, total, items = [], max_in_flight } of ofType(events, "loop.started")) {
    const mine = events.filter(
      (event) => "step" in event && event.step === step && "run" in event && event.run === run,
    );
    const issued = ofType(mine, "command.issued").filter(({ leg, attempt }) => leg === undefined && attempt === 1);
    const indexes = issued.map(({ iteration }) => iteration);
    assert.deepEqual(indexes, [...indexes.keys()], `${step}#${run} issues in order`);
    const done = ofType(mine, "loop.done")[0];
    if (done) {
      assert.equal(issued.length, total);
      assert.equal(done.stats.total, items.length);
      assert.equal(Number(done.stats.success) + Number(done.stats.failed), items.length);
    }
    let running = 0;
    for (const event of mine) {
      if (event.type === "command.issued" && event.leg === undefined && event.attempt === 1) running += 1;
      const over = event.type === "command.completed" || event.type === "command.failed";
      if ((over && !event.pending_callback && !isRepeat(event, mine)) || event.type === "command.cancelled")
        running -= 1;
      assert.ok(running <= max_in_flight, `${step}#${run} runs more than ${max_in_flight}`);
    }
  }
}

function isRepeat(event: LogEvent & { command_id: string }, events: readonly LogEvent[]): boolean {
  return events.some(
    (other) =>
      other.type === event.type &&
      other.seq < event.seq &&
      "command_id" in other &&
      other.command_id === event.command_id,
  );
}

function holds(world: World, plan: Plan, ended: Ended): void {
  endsOnce(ended);
  stepsEnd(ended);
  commandsAreIssuedOnce(ended);
  routersKeepTheirMode(plan, ended);
  loopsYieldTheirItems(ended);
  if (!world.acyclic) return;
  for (const step of ended.run.view().steps) {
    // Routing may have skipped the final step before it had its turn.
    assert.ok(step.runs <= (step.step === plan.finalStep ? 2 : 1), `${step.step} joins once`);
  }
}

function check(options: Parameters<typeof worlds>[0], numRuns: number, property: (world: World, plan: Plan) => void) {
  fc.assert(
    fc.property(worlds(options), (world) => property(world, planOf(world.playbook))),
    { numRuns, seed: 20_260_101 },
  );
}

test("every run ends once, with a cause; steps, loops, routers and commands keep their promises", () => {
  check({}, 400, (world, plan) => holds(world, plan, play(plan, world.host)));
  check({ acyclic: true }, 400, (world, plan) => holds(world, plan, play(plan, world.host)));
});

test("so does a run that is cancelled at any moment", () => {
  check({ cancel: true }, 400, (world, plan) => {
    const ended = play(plan, world.host);
    holds(world, plan, ended);
    if (ofType(ended.events, "execution.cancel_requested").length > 0) assert.equal(ended.run.status, "CANCELLED");
  });
});

test("invariant 5: a log that is cut anywhere goes on to the same end, event for event", () => {
  const cuts = (world: World, plan: Plan) => {
    const whole = play(plan, world.host);
    // That a parked call has left its worker drives nothing, so nobody says it again after a cut.
    const told = (events: readonly LogEvent[]) => canonicalLog(events).filter((line) => !line.pending_callback);
    const expected = told(whole.events);
    const stride = Math.max(1, Math.floor(whole.events.length / 60));
    for (let cut = 1; cut < whole.events.length; cut += stride) {
      const resumed = play(plan, world.host, whole.events.slice(0, cut));
      assert.deepEqual(told(resumed.events), expected, `cut after ${cut}: ${whole.events[cut - 1]?.type}`);
    }
  };
  check({ duplicates: false }, 40, cuts);
  check({ cancel: true, duplicates: false }, 30, cuts);
});

test("invariant 1: folding a log gives the state that wrote it", () => {
  check({ cancel: true }, 100, (world, plan) => {
    const { run, events } = play(plan, world.host);
    const again = openRun(plan);
    for (const event of events) again.fold(event);
    assert.deepEqual(again.view(), run.view());
  });
});

test("invariant 2: what runs in an acyclic graph does not depend on who ends first", () => {
  check({ acyclic: true, calm: true }, 200, (world, plan) => {
    if (world.playbook.workflow.some(({ guard }) => guard !== undefined)) return;
    const other = { ...world.host, rank: (key: string) => chance(`other/${key}`) };
    const [one, two] = [play(plan, world.host), play(plan, other)];
    const shown = (ended: Ended) => ended.run.view().steps.map(({ step, status, runs }) => ({ step, status, runs }));
    assert.deepEqual(shown(two), shown(one));
    assert.equal(two.run.status, one.run.status);
  });
});

test("a report that is delivered again, however late, changes nothing", () => {
  check({}, 100, (world, plan) => {
    const { run, events } = play(plan, world.host);
    const noisy = openRun(plan);
    let seq = 0;
    const reports = new Set(["call.done", "call.error", "call.parked", "child.started", "child.completed"]);
    const past: LogEvent[] = [];
    for (const event of events) {
      noisy.fold({ ...event, seq: ++seq });
      if (reports.has(event.type)) past.push(event);
      const old = past[Math.floor(chance(`again/${seq}`) * past.length)];
      if (
        old &&
        !events.some((later) => later.seq > event.seq && "command_id" in later && later.command_id === commandOf(old))
      ) {
        noisy.fold({ ...old, seq: ++seq });
      }
    }
    assert.deepEqual({ ...noisy.view(), ended_at: 0 }, { ...run.view(), ended_at: 0 });
  });
});

function commandOf(event: LogEvent): string | undefined {
  return "command_id" in event ? event.command_id : undefined;
}
