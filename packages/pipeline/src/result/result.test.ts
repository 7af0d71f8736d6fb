import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandOf, single } from "../testing/command.ts";
import { fakeHost } from "../testing/host.ts";
import { ended } from "../testing/run.ts";

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
