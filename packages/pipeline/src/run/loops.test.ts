import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json, JsonObject } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { Loop, Step } from "@noetl/playbook";
import type { ToolOutcome } from "@noetl/tools";
import { commandOf, set, single } from "../testing/command.ts";
import { type FakeHost, fakeHost } from "../testing/host.ts";
import { runCommand } from "./command.ts";

const run = (command: Command, host: FakeHost) => runCommand(command, host, new AbortController().signal);
const fail: ToolOutcome = { status: "error", error: { kind: "db", retryable: false, message: "no" } };
const loop = (more: Partial<Loop> = {}): Loop => ({
  source: { in: [] },
  iterator: "n",
  mode: "parallel",
  exec: "local",
  ...more,
});

describe("batch (exec: local, DSL §16.4)", () => {
  const batch = (of: Step, items: Json[], more: Partial<Command> = {}) =>
    ({ ...commandOf(of, { issued: { mode: "batch" } }), items, ...more }) as Command;

  it("L-01, L-07 keeps index order and never runs more than it may", async () => {
    let running = 0;
    let most = 0;
    const x = async ({ input }: { input: JsonObject }): Promise<ToolOutcome> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5 - Number(input.n)));
      running--;
      return { status: "ok", data: input.n ?? null };
    };
    const report = await run(
      batch(single("x", {}, { loop: loop() }), [3, 1, 2, 4, 0], { max_in_flight: 2 }),
      fakeHost({ tools: { x } }),
    );
    assert.ok(report.type === "call.done");
    assert.deepEqual(
      report.parts?.map((part) => part?.data),
      [3, 1, 2, 4, 0],
    );
    assert.equal(most, 2);
  });

  it("L-08 stops at the first failure, L-09 runs everything when told", async () => {
    const x = ({ input }: { input: JsonObject }): ToolOutcome => (input.n === 2 ? fail : { status: "ok", data: 1 });
    const of = (failure?: "best_effort") =>
      single("x", {}, { loop: loop({ mode: "sequential", ...(failure && { failure }) }) });
    const fast = await run(batch(of(), [1, 2, 3]), fakeHost({ tools: { x } }));
    assert.ok(fast.type === "call.error");
    assert.deepEqual(fast.envelope.error.details, { index: 1 });
    assert.deepEqual(
      fast.parts?.map((part) => part?.status ?? null),
      ["ok", "error", null],
    );
    const best = await run(batch(of("best_effort"), [1, 2, 3]), fakeHost({ tools: { x } }));
    assert.ok(best.type === "call.done");
    assert.deepEqual(
      best.parts?.map((part) => part?.status),
      ["ok", "error", "ok"],
    );
  });

  it("shows an iteration the variables of those that had ended when it started", async () => {
    const of = (mode: Loop["mode"]) =>
      single(
        "noop",
        { config: { result: "{{ ctx.sum | default(0) }}" }, set: [set("ctx.sum", "{{ (ctx.sum | default(0)) + n }}")] },
        { loop: loop({ mode }) },
      );
    const data = async (mode: Loop["mode"], max_in_flight = 10) => {
      const report = await run(batch(of(mode), [1, 2, 3], { max_in_flight }), fakeHost());
      return report.type === "call.done" && [report.parts?.map((part) => part?.data), report.updates.at(-1)?.value];
    };
    assert.deepEqual(await data("sequential"), [[0, 1, 3], 6]);
    assert.deepEqual(await data("parallel"), [[0, 0, 0], 3]);
    assert.deepEqual(await data("parallel", 1), [[0, 1, 3], 6]);
  });

  it("goes on with the iteration that waited", async () => {
    const wait = { kind: "callback", token: "t", timeout_ms: 1_000, info: {} };
    const host = fakeHost({
      tools: {
        playbook: ({ input }) => (input.n === 2 ? { status: "parked", wait } : { status: "ok", data: input.n ?? null }),
      },
    });
    const command = batch(single("playbook", { input: { n: "{{ n }}" } }, { loop: loop() }), [1, 2, 3]);
    const parked = await run(command, host);
    assert.ok(parked.type === "call.parked");
    const state = JSON.parse(JSON.stringify(parked.state));
    const report = await run({ ...command, resume: { state, outcome: { kind: "callback", result: "called" } } }, host);
    assert.ok(report.type === "call.done", JSON.stringify(report));
    assert.deepEqual(
      report.parts?.map((part) => part?.data),
      [1, "called", 3],
    );
    assert.equal(host.calls.length, 3);
  });
});

describe("cursor frames (DSL §16.6)", () => {
  const cursor = (more: Partial<Loop> = {}) =>
    loop({
      source: {
        cursor: {
          kind: "pg",
          auth: "",
          claim: "take {{ __frame_max_rows }} of {{ workload.t }}",
          options: { as_objects: true },
        },
      },
      iterator: "job",
      mode: "cursor",
      frame: { process: "row", max_rows: "{{ workload.rows }}" },
      ...more,
    });
  const frame = (of: Step) =>
    commandOf(of, { issued: { mode: "frame", lane: 0, frame: 0 }, workload: { t: "jobs", rows: "2" } });
  const rows = (...ids: number[]): ToolOutcome => ({ status: "ok", data: { rows: ids.map((id) => ({ id })) } });

  it("L-10 claims rows, runs the pipeline for each, and reports the counts", async () => {
    const host = fakeHost({
      tools: { pg: () => rows(1, 2), x: ({ input }) => ((input.job as JsonObject).id === 2 ? fail : { status: "ok" }) },
    });
    const report = await run(frame(single("x", { set: [set("ctx.last", "{{ job.id }}")] }, { loop: cursor() })), host);
    assert.deepEqual(host.calls[0]?.config, { as_objects: true, command: "take 2 of jobs" });
    assert.ok(report.type === "call.done");
    assert.deepEqual(report.frame, { claimed: 2, success: 1, failed: 1 });
    assert.deepEqual(report.updates, [{ path: ["last"], value: 1 }]);
    const empty = await run(frame(single("x", {}, { loop: cursor() })), fakeHost({ tools: { pg: () => rows() } }));
    assert.deepEqual(empty.type === "call.done" && empty.frame, { claimed: 0, success: 0, failed: 0 });
  });

  it("fails after three attempts to claim, or at a row when told", async () => {
    const host = fakeHost({ tools: { pg: () => fail } });
    const broken = await run(frame(single("noop", {}, { loop: cursor() })), host);
    assert.ok(broken.type === "call.error" && host.calls.length === 3);
    const fast = await run(
      frame(single("x", {}, { loop: cursor({ failure: "fail_fast" }) })),
      fakeHost({ tools: { pg: () => rows(1, 2, 3), x: () => fail } }),
    );
    assert.ok(fast.type === "call.error");
    assert.deepEqual([fast.envelope.error.details, fast.frame], [{ index: 0 }, { claimed: 3, success: 0, failed: 1 }]);
  });

  it("gives the whole frame at once, in passes of max_bytes, and accumulates when told", async () => {
    const host = fakeHost({
      tools: { pg: () => rows(1, 2, 3), x: ({ input }) => ({ status: "ok", data: (input.job as Json[]).length }) },
    });
    const of = single(
      "x",
      {},
      {
        loop: cursor({ frame: { process: "frame", max_bytes: 20 } }),
        output: { accumulate: { enabled: true } },
      },
    );
    const report = await run(frame(of), host);
    assert.deepEqual(report.type === "call.done" && report.frame, {
      claimed: 3,
      success: 3,
      failed: 0,
      results: [2, 1],
    });
  });

  it("starts no row after max_seconds", async () => {
    const host = fakeHost({
      tools: {
        pg: () => rows(1, 2, 3),
        x: async ({ env }) => {
          await env.clock.sleep(20_000);
          return { status: "ok" };
        },
      },
    });
    const report = await run(frame(single("x", {}, { loop: cursor() })), host);
    assert.deepEqual(report.type === "call.done" && report.frame, { claimed: 3, success: 2, failed: 0 });
  });
});
