import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ErrorInfo, type Json, systemClock } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command } from "@noetl/engine";
import type { ToolDone } from "@noetl/tools";
import { commandOf, rule, set, single, step, task } from "../testing/command.ts";
import { type FakeHost, fakeHost } from "../testing/host.ts";
import { runCommand } from "./command.ts";

const down: ErrorInfo = { kind: "server_error", retryable: true, message: "down", code: "HTTP_503" };
const ok = (data: Json): ToolDone => ({ status: "ok", data });
const bad = (): ToolDone => ({ status: "error", error: down, data: null });
const run = (command: Command, host: FakeHost) => runCommand(command, host, new AbortController().signal);

async function ended(command: Command, host: FakeHost): Promise<CallDone | CallError> {
  const report = await run(command, host);
  assert.notEqual(report.type, "call.parked", JSON.stringify(report));
  return report as CallDone | CallError;
}
async function parked(command: Command, host: FakeHost): Promise<CallParked> {
  const report = await run(command, host);
  assert.equal(report.type, "call.parked", JSON.stringify(report));
  return report as CallParked;
}
const dataOf = async (command: Command, host: FakeHost) => (await ended(command, host)).envelope.data;
/** Fails `failures` times, then gives `data`. */
function flaky(failures: number, data: Json = { n: 1 }) {
  let calls = 0;
  return () => (calls++ < failures ? bad() : ok(data));
}
const isError = "{{ output.status == 'error' }}";

describe("pipelines (DSL §28.3)", () => {
  it("P-01 a failing task without rules fails the step with its kind", async () => {
    const report = await ended(commandOf(single("x")), fakeHost({ tools: { x: bad } }));
    assert.equal(report.type, "call.error");
    assert.deepEqual(report.envelope.error, down);
  });

  it("P-02, P-13 retries until it succeeds, the result of a single tool is not keyed", async () => {
    const host = fakeHost({ tools: { x: flaky(2) } });
    const rules = [rule("retry", isError, { attempts: 3, delay: 0 })];
    const { type, envelope } = await ended(commandOf(single("x", { rules })), host);
    assert.deepEqual([type, envelope.data, envelope.meta.attempt], ["call.done", { n: 1 }, 3]);
  });

  it("P-03 gives up after `attempts` executions with the last error", async () => {
    const host = fakeHost({ tools: { x: bad } });
    const report = await ended(
      commandOf(single("x", { rules: [rule("retry", isError, { attempts: "{{ 3 }}" })] })),
      host,
    );
    assert.equal(host.calls.length, 3);
    assert.deepEqual(report.envelope.error, down);
  });

  it("P-04 swallows an error where a rule says continue", async () => {
    const tasks = [
      task("a", "x", { rules: [rule("continue")] }),
      task("b", "noop", { config: { result: { prev: "{{ _prev }}", none: "{{ _prev is none }}" } } }),
    ];
    const data = await dataOf(commandOf(step(tasks)), fakeHost({ tools: { x: () => bad() } }));
    assert.deepEqual((data as { b: Json }).b, { prev: null, none: true });
  });

  it("P-05 fails when rules look at successes only", async () => {
    const rules = [rule("continue", "{{ output.status == 'ok' }}")];
    assert.equal((await ended(commandOf(single("x", { rules })), fakeHost({ tools: { x: bad } }))).type, "call.error");
  });

  it("P-06 passes what a rule sets natively to the next task", async () => {
    const tasks = [
      task("a", "x", { rules: [rule("continue", undefined, { set: [set("iter.x", "{{ output.data.rows }}")] })] }),
      task("b", "x", { input: { rows: "{{ iter.x }}" } }),
    ];
    const host = fakeHost({ tools: { x: ({ input }) => ok(input.rows ?? { rows: [1, { a: 2 }] }) } });
    await ended(commandOf(step(tasks)), host);
    assert.deepEqual(host.calls[1]?.input.rows, [1, { a: 2 }]);
  });

  it("P-07 sees variables of an earlier task, each entry those before it", async () => {
    const tasks = [
      task("a", "noop", {
        config: { result: { n: 5 } },
        set: [set("k", "{{ output.n }}", true), set("ctx.j", "{{ k + 1 }}", true)],
      }),
      task("b", "noop", { config: { result: "{{ k }}/{{ ctx.j }}/{{ a.n }}/{{ results.a.n }}" } }),
    ];
    const report = await ended(commandOf(step(tasks)), fakeHost());
    assert.equal((report.envelope.data as { b: Json }).b, "5/6/5/5");
    assert.deepEqual(report.updates, [{ path: ["j"], value: 6 }]);
  });

  it("P-08 loops by jumping until a break", async () => {
    let left = 3;
    const tasks = [
      task("first", "x"),
      task("second", "noop", {
        rules: [rule("break", "{{ first.left == 0 }}"), rule("jump", undefined, { to: "first" })],
      }),
      task("never", "x"),
    ];
    const host = fakeHost({ tools: { x: () => ok({ left: --left }) } });
    const report = await ended(commandOf(step(tasks)), host);
    assert.equal(report.type, "call.done");
    assert.equal(host.calls.length, 6);
    assert.deepEqual(report.envelope.meta.labels, ["first", "second"]);
  });

  it("P-10, P-11 waits between attempts, and parks a long wait with the host", async () => {
    const waits = async (more: object) => {
      const host = fakeHost({ tools: { x: bad } });
      await ended(commandOf(single("x", { rules: [rule("retry", isError, more)] })), host);
      return host.clock.waits.filter((ms) => ms < 10_000);
    };
    assert.deepEqual(await waits({ attempts: 3, backoff: "linear", delay: 1 }), [1_000, 2_000]);
    assert.deepEqual(await waits({ attempts: 4, backoff: "exponential", delay: "{{ 0.5 }}" }), [500, 1_000, 2_000]);

    const host = fakeHost({ tools: { x: flaky(1) } });
    const command = commandOf(single("x", { rules: [rule("retry", isError, { delay: 45 })] }));
    const wait = await parked(command, host);
    assert.deepEqual(wait.wait, { kind: "timer", delay_ms: 45_000 });
    const stored = JSON.parse(JSON.stringify(wait.state));
    const report = await ended({ ...command, resume: { state: stored, outcome: { kind: "timer" } } }, host);
    assert.equal(report.envelope.meta.attempt, 2);
  });

  it("P-12 reports what a rule set although it then fails, with the rule's message", async () => {
    const rules = [rule("fail", undefined, { set: [set("ctx.c", 1)], message: "no {{ output.error.kind }}" })];
    const report = await ended(commandOf(single("x", { rules })), fakeHost({ tools: { x: bad } }));
    assert.deepEqual(report.updates, [{ path: ["c"], value: 1 }]);
    assert.deepEqual(report.envelope.error, { ...down, message: "no server_error" });
  });

  it("P-14 shows the data of a pipeline by field, label and results", async () => {
    const tasks = [task("a", "noop", { config: { result: { n: 1 } } })];
    const data = await dataOf(commandOf(step(tasks)), fakeHost());
    assert.deepEqual(data, { n: 1, a: { n: 1 }, results: { a: { n: 1 } }, _prev: { n: 1 } });
  });

  it("reports a failed pipeline with the task and what there was", async () => {
    const report = await ended(commandOf(step([task("a", "noop"), task("b", "x")])), fakeHost({ tools: { x: bad } }));
    const { envelope } = report;
    assert.deepEqual(envelope.data, {
      status: "error",
      error: down,
      failed_task: "b",
      results: { a: { status: "ok", message: "noop" }, b: null },
    });
    assert.equal(envelope.meta.failed_task, "b");
  });

  it("shows labels, results and _prev as step results, whatever their data is", async () => {
    const tasks = [
      task("a", "noop", { config: { result: 5 } }),
      task("b", "noop", { config: { result: { n: 1 } } }),
      task("c", "noop", {
        config: {
          result: ["{{ a - 1 }}", "{{ results.a - 2 }}", "{{ _prev.data.n }}", "{{ results }}", "{{ _prev }}"],
        },
      }),
    ];
    const data = (await dataOf(commandOf(step(tasks)), fakeHost())) as { c: Json };
    assert.deepEqual(data.c, [4, 3, 1, { a: 5, b: { n: 1 } }, { n: 1 }]);
  });

  it("skips a task whose guard is false", async () => {
    const tasks = [task("a", "x", { guard: "{{ workload.go }}" }), task("b", "noop", { config: { result: 1 } })];
    const data = await dataOf(commandOf(step(tasks), { workload: { go: false } }), fakeHost({ tools: { x: bad } }));
    assert.deepEqual(data, { data: 1, a: null, b: 1, results: { a: null, b: 1 }, _prev: 1 });
  });

  it("does not match a rule whose condition is broken, and tells it", async () => {
    const host = fakeHost({ tools: { x: bad } });
    const rules = [rule("continue", "{{ [] + 1 > 0 }}"), rule("continue", isError)];
    assert.equal((await ended(commandOf(single("x", { rules })), host)).type, "call.done");
    assert.ok(host.told.some((told) => told.type === "warning"));
  });

  it("turns a broken template in input, config or set into an error of kind template", async () => {
    const kinds = async (more: object) =>
      (await ended(commandOf(single("noop", more)), fakeHost())).envelope.error?.kind;
    assert.equal(await kinds({ input: { a: "{{ [] + 1 }}" } }), "template");
    assert.equal(await kinds({ config: { result: "{{ [] + 1 }}" } }), "template");
    assert.equal(await kinds({ set: [set("a", "{{ [] + 1 }}")] }), "template");
  });

  it("checks an assertion after success", async () => {
    const assertion = { when: "{{ output.n > 1 }}", message: "n is {{ output.n }}" };
    const report = await ended(
      commandOf(single("noop", { config: { result: { n: 1 } }, assert: assertion })),
      fakeHost(),
    );
    assert.deepEqual([report.envelope.error?.code, report.envelope.error?.message], ["ASSERTION_FAILED", "n is 1"]);
  });

  it("takes `status: error` in data for an error only where rules look (DSL §14.3)", async () => {
    const said = { status: "Error", message: "no", n: 1 };
    const host = () => fakeHost({ tools: { python: () => ok(said), shell: () => ok(said) } });
    assert.equal((await ended(commandOf(single("python")), host())).type, "call.done");
    const rules = [rule("fail", isError)];
    const report = await ended(commandOf(single("python", { rules })), host());
    assert.deepEqual([report.envelope.error?.message, report.envelope.data], ["no", said]);
    assert.equal((await ended(commandOf(single("shell", { rules })), host())).type, "call.done");
  });

  it("lets a lone http call of a local playbook pass with its status (DSL §12.4)", async () => {
    const gone: ToolDone = { status: "error", error: down, data: { body: "x" }, http: { status: 404, headers: {} } };
    const host = () => fakeHost({ tools: { http: () => gone } });
    const lenient = await ended(commandOf(single("http"), { local_profile: true }), host());
    assert.deepEqual([lenient.type, lenient.envelope.data], ["call.done", { body: "x", status: 404 }]);
    assert.equal((await ended(commandOf(single("http")), host())).type, "call.error");
    const ruled = single("http", { rules: [rule("continue", "{{ false }}")] });
    assert.equal((await ended(commandOf(ruled, { local_profile: true }), host())).type, "call.error");
  });

  it("stops a livelock of tasks without effects", async () => {
    const host = fakeHost({ more: { noop: { pure: true } } });
    const report = await ended(commandOf(single("noop", { rules: [rule("jump", undefined, { to: "s_task" })] })), host);
    assert.deepEqual([report.envelope.error?.kind, report.envelope.error?.code], ["limit", "LIVELOCK"]);
    const counting = single("noop", {
      rules: [
        rule("break", "{{ (iter.n | default(0)) >= 300 }}"),
        rule("jump", undefined, { to: "s_task", set: [set("iter.n", "{{ (iter.n | default(0)) + 1 }}")] }),
      ],
    });
    assert.equal((await ended(commandOf(counting), host)).type, "call.done");
  });
});

describe("binding (DSL §7.6)", () => {
  it("merges input low to high and shows it to the config", async () => {
    const host = fakeHost();
    const of = single(
      "noop",
      { input: { d: "tool", n: "{{ workload.n }}" }, config: { result: "{{ a }}{{ b }}{{ c }}{{ d }}{{ input.d }}" } },
      { input: { b: "step", c: "step", d: "step" } },
    );
    const data = await dataOf(commandOf(of, { arc_input: { a: "arc", b: "arc" }, workload: { n: 3 } }), host);
    assert.equal(data, "arcstepsteptooltool");
    assert.deepEqual(host.calls[0]?.input, { a: "arc", b: "step", c: "step", d: "tool", n: 3 });
  });

  it("binds the iteration", async () => {
    const of = single(
      "noop",
      { config: { result: "{{ iter._index }}/{{ iter.row.id }}/{{ row.id }}/{{ loop.last }}" } },
      { loop: { source: { in: [] }, iterator: "row", mode: "parallel", exec: "distributed" } },
    );
    const command = commandOf(of, { iteration: { index: 1, total: 2, item: { id: 7 } } });
    assert.equal(await dataOf(command, fakeHost()), "1/7/7/True");
  });

  it("fetches the body of a stored result when a template needs it, and says when it is gone", async () => {
    const ref = { ref: "noetl://r", extracted: { k: 1 } } as never;
    const steps = { a: { step: "a", run: 1, status: "ok" as const, ref } };
    const of = single("noop", { config: { result: "{{ a.k }} {{ a.deep.v }}" } });
    const host = fakeHost();
    const lost = await ended(commandOf(of, { steps }), host);
    assert.deepEqual([lost.envelope.error?.kind, lost.envelope.error?.retryable], ["missing_reference", true]);
    host.bodies.set("noetl://r", { k: 1, deep: { v: 2 } });
    assert.equal(await dataOf(commandOf(of, { steps }), host), "1 2");
  });

  it("renders timeouts and refuses what is no number", async () => {
    const host = fakeHost({ tools: { x: () => ok(1) } });
    await ended(commandOf(single("x", { timeout: "{{ workload.t }}" }), { workload: { t: "1.5" } }), host);
    assert.deepEqual(host.calls[0]?.timeout, { total: 1_500 });
    await ended(commandOf(single("x"), { defaults: { timeout_seconds: 9 } }), host);
    assert.deepEqual(host.calls[1]?.timeout, { total: 9_000 });
    const wrong = await ended(commandOf(single("x", { timeout: "soon" })), host);
    assert.equal(wrong.envelope.error?.kind, "configuration");
  });

  it("gives python its flat context", async () => {
    const host = fakeHost({ tools: { python: ({ env }) => ok(env.flatContext()) } });
    const steps = { a: { step: "a", run: 1, status: "ok" as const, data: { n: 1 } } };
    const more = { workload: { w: 1, v: 1 }, ctx: { v: 2 }, steps };
    assert.deepEqual(await dataOf(commandOf(single("python"), more), host), {
      workload: { w: 1, v: 1 },
      ctx: { v: 2 },
      execution_id: "1",
      w: 1,
      v: 2,
      a: { n: 1 },
    });
  });
});

describe("results (DSL §21)", () => {
  it("stores what is over the limit, and shows selected fields either way", async () => {
    const select = [{ path: "items[0].id", as: "first_id" }];
    const result = { items: [{ id: 7 }], text: "x".repeat(50) };
    const of = (inline_max_bytes: number) =>
      single("noop", { config: { result } }, { output: { inline_max_bytes, select } });
    const rendered = single("noop", { config: { result } }, { output: { inline_max_bytes: "{{ workload.max }}" } });
    assert.ok((await ended(commandOf(rendered, { workload: { max: 9 } }), fakeHost())).envelope.ref);
    const operated = fakeHost({ env: { NOETL_INLINE_MAX_BYTES: "9" } });
    assert.ok((await ended(commandOf(single("noop", { config: { result } })), operated)).envelope.ref);
    const inline = await ended(commandOf(of(1_000)), fakeHost());
    assert.deepEqual(inline.envelope.data, { first_id: 7, ...result });
    const host = fakeHost();
    const { envelope } = await ended(commandOf(of(0)), host);
    assert.equal(envelope.data, null);
    assert.deepEqual(envelope.ref?.extracted, { first_id: 7 });
    assert.deepEqual(host.bodies.get(envelope.ref?.ref ?? ""), result);
  });

  it("fails the step when a result cannot be stored", async () => {
    const host = fakeHost();
    host.putResult = () => Promise.reject(new Error("disk full"));
    const report = await ended(commandOf(single("noop", {}, { output: { inline_max_bytes: 0 } })), host);
    assert.deepEqual([report.type, report.envelope.error?.code], ["call.error", "RESULT_STORE_FAILED"]);
  });
});

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
    const late = await through({}, { kind: "timeout" }, single("playbook"));
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
