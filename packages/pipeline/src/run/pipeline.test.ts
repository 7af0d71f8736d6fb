import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json } from "@noetl/core";
import type { ToolDone } from "@noetl/tools";
import { commandOf, rule, set, single, step, task } from "../testing/command.ts";
import { fakeHost } from "../testing/host.ts";
import { bad, dataOf, down, ended, flaky, isError, ok, parked } from "../testing/run.ts";

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
