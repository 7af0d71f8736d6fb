import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandOf, single } from "../testing/command.ts";
import { fakeHost } from "../testing/host.ts";
import { dataOf, ended, ok } from "../testing/run.ts";

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
