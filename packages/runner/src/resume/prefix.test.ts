import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { canonicalLog, type EventBody, type LogEvent, type PlaybookInitialized } from "@noetl/engine";
import { type Loaded, loadText } from "../load.ts";
import type { Host, ReuseReport, RunOptions } from "../options.ts";
import { runPlaybook } from "../run.ts";
import { temporaryHost } from "../testing/temporary-host.ts";
import { lineageOf, memoOfLineage } from "./lineage.ts";
import { prefixOf } from "./prefix.ts";

/** A cycle, a loop, two branches that meet, an arc that is not taken, and a failure that an arc handles. */
const FLOW = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: flow, path: test/flow}
workload: {laps: 3}
workflow:
  - step: lap
    tool: {kind: noop, result: "{{ (ctx.n | default(0)) + 1 }}"}
    set: {ctx.n: "{{ output.data }}"}
    next: {arcs: [{step: lap, when: "{{ ctx.n < laps }}"}, {step: items}]}
  - step: items
    loop: {in: "{{ [1, 2, 3, 4] }}", iterator: x, spec: {mode: parallel, max_in_flight: 2}}
    tool: {kind: noop, result: "{{ iter.x * 2 }}"}
    next: {spec: {mode: inclusive}, arcs: [{step: left}, {step: right}, {step: never, when: "{{ false }}"}]}
  - {step: left, tool: {kind: noop, result: l}, next: meet}
  - {step: right, tool: {kind: noop, result: r}, next: meet}
  - {step: never, tool: {kind: noop}}
  - step: meet
    tool: {kind: noop, result: "{{ 1 / 0 }}"}
    next: {arcs: [{step: mended, when: "{{ event.name == 'call.error' }}"}, {step: never}]}
  - {step: mended, tool: {kind: noop, result: "{{ [left, right, items] }}"}}
`;

async function world(t: TestContext) {
  const { host, folder } = await temporaryHost(t, { "flow.yaml": FLOW });
  const file = join(folder, "flow.yaml");
  const run = (options: Partial<RunOptions> = {}) => runPlaybook(host, { file, ...options });
  const log = (id: string) => host.store.log.load(id);
  return { host, file, run, log };
}

/** As if the process of the run had died when it had written so many events. */
async function cutOff(host: Host, executionId: string, events: readonly LogEvent[]): Promise<string> {
  const summary = await host.store.executions.get(executionId);
  assert.ok(summary);
  const id = host.ids.next();
  const open = { ...summary, execution_id: id, root_execution_id: id, status: "RUNNING" as const, ended_at: null };
  await host.store.executions.create({ ...open, seq: 0 }, FLOW);
  const own = events.map((event) => ({ ...event, execution_id: id, event_id: host.ids.next() }));
  await host.store.log.append({ execution_id: id, expectedSeq: 0, events: own });
  return id;
}

/** The first event says of a resumed run that it is one. */
const told = (events: readonly LogEvent[]) =>
  canonicalLog(events)
    .slice(1)
    .map((line) => JSON.stringify(line));

test("a run that was cut off anywhere and resumed has the log of one that was not", async (t) => {
  const { host, run, log } = await world(t);
  const whole = await run();
  assert.equal(whole.status, "COMPLETED");
  const events = await log(whole.execution_id);
  for (let cut = 2; cut < events.length; cut++) {
    const id = await cutOff(host, whole.execution_id, events.slice(0, cut));
    const reports: ReuseReport[] = [];
    const resumed = await run({ resume: { executionId: id }, observer: { reuse: (report) => reports.push(report) } });
    const at = `cut after ${cut}: ${events[cut - 1]?.type}`;
    assert.equal(resumed.status, "COMPLETED", at);
    assert.deepEqual(resumed.result, whole.result, at);
    const now = await log(resumed.execution_id);
    // Branches may end in another order.
    assert.deepEqual(told(now).sort(), told(events).sort(), at);
    assert.deepEqual(told(now).slice(0, cut - 1), told(events).slice(0, cut - 1), at);
    const done = events.slice(0, cut).filter(({ type }) => type === "call.done" || type === "call.error").length;
    const reused = reports[0]?.reused.reduce((sum, { calls }) => sum + calls, 0);
    // A failure that no arc had handled yet is made again.
    const failing = ["call.error", "command.failed", "step.exit"].includes(events[cut - 1]?.type ?? "") ? 1 : 0;
    assert.ok(reused === done || reused === done - failing, `${at}: ${reused} of ${done}`);
  }
});

test("nothing is taken over from a run with another playbook, input or limit, and all of one that is the same", async (t) => {
  const { host, file, run, log } = await world(t);
  const whole = await run();
  const events = await log(whole.execution_id);
  const loaded = loadText(FLOW, { file, shown: file, registry: host.registry });
  const first = events[0] as LogEvent & PlaybookInitialized;
  assert.equal(first.type, "playbook.initialized");

  async function taken(change: Partial<typeof first> = {}, other: Loaded = loaded): Promise<EventBody[]> {
    const lineage = await lineageOf(host, whole.execution_id, loaded);
    const memo = memoOfLineage(lineage, { plan: other.plan });
    const earlier = lineage.at(-1);
    assert.ok(memo && earlier);
    const initialized = { ...first, ...change };
    return [...prefixOf({ ...earlier, memo }, other.plan, initialized)];
  }

  const failed = events.findIndex((event) => event.type === "step.exit" && event.status === "FAILED");
  assert.equal((await taken({ execution_id: "1", resumed_from: "2", resume: {}, ts: 5 })).length, failed - 1);
  assert.deepEqual(await taken({ payload: { laps: 2 } }), []);
  assert.deepEqual(await taken({ workload: { laps: 2 } }), []);
  assert.deepEqual(await taken({ env: { HOME: "/elsewhere" } }), []);
  const limited = loadText(FLOW, { file, shown: file, registry: host.registry });
  limited.playbook.executor.spec.policy.limits.timeout_seconds = 5;
  assert.deepEqual(await taken({}, limited), []);

  const edited = (from: string, to: string) => taken({ definition: "edited" }, edit(from, to));
  const edit = (from: string, to: string) => {
    assert.ok(FLOW.includes(from));
    return loadText(FLOW.replace(from, to), { file, shown: file, registry: host.registry });
  };
  const until = (step: string) => events.findIndex((event) => "step" in event && event.step === step) - 1;
  assert.equal((await edited("items]", "lap]")).length, failed - 1, "a step after the end of what is taken over");
  assert.equal((await edited("  - {step: left", "  # further down\n  - {desc: hi, step: left")).length, failed - 1);
  assert.equal((await edited("result: r", "result: rr")).length, until("right"));
  assert.equal((await edited("set: {ctx.n:", "set: {ctx.m: 1, ctx.n:")).length, until("lap"));
  assert.deepEqual(await edited("next: meet", "next: never"), [], "another graph");
  assert.deepEqual(await edited("workflow:", "executor: {spec: {no_next_is_error: true}}\nworkflow:"), []);
  assert.deepEqual(await edited("  - {step: never,", "  - {step: more, tool: {kind: noop}}\n  - {step: never,"), []);
});

test("a run whose failing step was mended goes on with the log it had", async (t) => {
  const { host, file, run, log } = await world(t);
  await writeFile(file, FLOW.replace("[left, right, items]", "1 / 0"));
  const failed = await run();
  assert.equal(failed.status, "FAILED");
  await writeFile(file, FLOW);
  const mended = await run({ resume: { executionId: failed.execution_id } });
  const whole = await run();
  assert.deepEqual([mended.status, mended.result], ["COMPLETED", whole.result]);
  assert.deepEqual(told(await log(mended.execution_id)).sort(), told(await log(whole.execution_id)).sort());
  assert.equal(
    await host.store.executions.get(mended.execution_id).then((row) => row?.resumed_from),
    failed.execution_id,
  );
});

test("what a step that runs afresh leads to is not taken over", async (t) => {
  const { run, log } = await world(t);
  const whole = await run();
  const reports: ReuseReport[] = [];
  const resume = { executionId: whole.execution_id, from: "left" };
  const again = await run({ resume, observer: { reuse: (report) => reports.push(report) } });
  assert.equal(again.status, "COMPLETED");
  assert.deepEqual(
    reports[0]?.reused.map(({ step, calls }) => [step, calls]),
    [
      ["lap", 3],
      ["items", 4],
      ["right", 1],
    ],
  );
  assert.deepEqual(told(await log(again.execution_id)).sort(), told(await log(whole.execution_id)).sort());
});
