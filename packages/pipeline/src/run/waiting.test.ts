import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Json, systemClock } from "@noetl/core";
import { commandOf, rule, set, single, step, task } from "../testing/command.ts";
import { fakeHost } from "../testing/host.ts";
import { bad, down, ended, isError, ok, parked } from "../testing/run.ts";
import { runCommand } from "./command.ts";

describe("waiting", () => {
  const child = (more: object = {}) => ({
    status: "parked" as const,
    wait: {
      kind: "child",
      path: "p",
      payload: {},
      wait: true,
      return_result: true,
      timeout_ms: 9,
      cancel_on_timeout: false,
      ...more,
    },
  });
  const completed = (more: object = {}) => ({
    kind: "child" as const,
    event: {
      type: "child.completed" as const,
      step: "s",
      run: 1,
      command_id: "s#1",
      child_execution_id: "2",
      path: "p",
      status: "COMPLETED" as const,
      result: { data: { total: 3 } },
      ...more,
    },
  });
  const through = async (
    wait: object,
    outcome: object,
    tasks = step([task("a", "noop", { set: [set("ctx.x", 1)] }), task("call", "playbook")]),
  ) => {
    const host = fakeHost({ tools: { playbook: () => child(wait) } });
    const command = commandOf(tasks);
    const { state, updates } = await parked(command, host);
    assert.deepEqual(updates, []);
    return ended({ ...command, resume: { state: JSON.parse(JSON.stringify(state)), outcome: outcome as never } }, host);
  };

  it("goes on after a child, with what it wrote before", async () => {
    const report = await through({}, completed());
    assert.deepEqual((report.envelope.data as { call: Json }).call, { total: 3 });
    assert.deepEqual(report.updates, [{ path: ["x"], value: 1 }]);
  });

  it("gives a child what the author wrote, not the loop variable", async () => {
    const inputs: unknown[] = [];
    const host = fakeHost({
      tools: {
        playbook: ({ input }) => {
          inputs.push(input);
          return child();
        },
      },
    });
    const loop = { source: { in: [7] }, iterator: "user", mode: "sequential" as const, exec: "distributed" as const };
    const of = step([task("call", "playbook", { input: { id: "{{ user }}" } })], { loop });
    await parked(commandOf(of, { iteration: { index: 0, total: 1, item: 7 } }), host);
    assert.deepEqual(inputs, [{ id: 7 }]);
  });

  it("merges the step that `return_step` names", async () => {
    const report = await through(
      { return_step: "end" },
      completed({ step_result: { data: { score: 5, status: "mine" } } }),
      single("playbook"),
    );
    const result = { score: 5, status: "mine" };
    assert.deepEqual(report.envelope.data, {
      score: 5,
      status: "COMPLETED",
      execution_id: "2",
      path: "p",
      return_step: "end",
      result,
      data: result,
    });
    const none = await through({ return_step: "end" }, completed(), single("playbook"));
    assert.equal(none.envelope.error?.kind, "configuration");
  });

  it("answers at once when nobody waits, and says how a child failed", async () => {
    const started = { kind: "child", event: { type: "child.started", child_execution_id: "2", path: "p" } };
    const async = await through({ wait: false }, started, single("playbook"));
    assert.deepEqual(async.envelope.data, { status: "started", execution_id: "2", path: "p", async: true });
    const failed = await through(
      {},
      completed({ status: "FAILED", error: down, failed_step: "x" }),
      single("playbook"),
    );
    assert.equal(failed.envelope.error?.kind, "child_failed");
    assert.deepEqual(failed.envelope.error?.details, { execution_id: "2", failed_step: "x", error: down });
    const late = await through({}, { kind: "timeout", child: "2" }, single("playbook"));
    assert.equal(late.envelope.error?.retryable, true);
    assert.deepEqual(late.envelope.error?.details, { execution_id: "2" });
    assert.deepEqual([late.envelope.status, late.envelope.error?.code], ["timeout", "CHILD_TIMEOUT"]);
  });

  it("lets rules look at what a parked call came to", async () => {
    const rules = [rule("continue", "{{ output.error.kind == 'child_failed' }}")];
    const report = await through({}, completed({ status: "FAILED" }), single("playbook", { rules }));
    assert.equal(report.type, "call.done");
  });

  it("aborts an attempt at its limit and keeps the data", async () => {
    const host = fakeHost({
      tools: { x: ({ signal }) => new Promise((end) => signal.addEventListener("abort", () => end(ok({ part: 1 })))) },
    });
    const { envelope } = await ended(commandOf(single("x", { timeout: 0.01 })), {
      ...host,
      clock: systemClock,
    } as never);
    assert.deepEqual([envelope.status, envelope.error?.kind, envelope.data], ["timeout", "timeout", { part: 1 }]);
  });

  it("ends a call at the step's time limit without asking rules", async () => {
    const host = fakeHost({ tools: { x: bad } });
    const rules = [rule("retry", isError, { attempts: 100, delay: 10 })];
    host.clock.hold = true;
    const controller = new AbortController();
    const limited = single("x", { rules }, { spec: { timeout_seconds: 0, extra: {} } });
    const report = await runCommand(commandOf(limited), host, controller.signal);
    assert.equal(report.type === "call.error" && report.envelope.error.code, "STEP_TIMEOUT");
  });

  it("says why a tool was interrupted, and asks no rule", async () => {
    const host = fakeHost({
      tools: { x: ({ signal }) => new Promise((end) => signal.addEventListener("abort", () => end(bad()))) },
    });
    const rules = [rule("continue")];
    const limited = single("x", { rules }, { spec: { timeout_seconds: 0.01, extra: {} } });
    const report = await ended(commandOf(limited), { ...host, clock: systemClock } as never);
    assert.deepEqual([report.envelope.error?.code, report.envelope.status], ["STEP_TIMEOUT", "timeout"]);
  });

  it("stops when it is cancelled, in a sleep too", async () => {
    const host = fakeHost({ tools: { x: bad } });
    host.clock.hold = true;
    const controller = new AbortController();
    const rules = [rule("retry", isError, { attempts: 100, delay: 10 })];
    const running = runCommand(commandOf(single("x", { rules })), host, controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("cancelled"));
    const report = await running;
    assert.equal(report.type === "call.error" && report.envelope.error.kind, "cancelled");
  });

  it("reports a bug as an error, never as a rejection", async () => {
    const host = fakeHost({
      tools: {
        x: () => {
          throw new TypeError("oops");
        },
      },
    });
    assert.equal((await ended(commandOf(single("x")), host)).envelope.error?.kind, "unknown");
    assert.equal((await ended(commandOf(single("nope")), host)).envelope.error?.kind, "configuration");
    host.onProgress = () => {
      throw new Error("listener broke");
    };
    assert.equal((await ended(commandOf(single("noop")), host)).type, "call.error");
  });
});
