import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { NoetlError } from "@noetl/core";
import { command, gatedTool, startWorker, until } from "./testing/kit.ts";
import { away, testPlane } from "./testing/plane.ts";

const types = (row: { events: { type: string }[] }) => row.events.map((event) => event.type);

test("a command is claimed, run and reported in one batch; the worker is known while it works", async (t) => {
  const plane = testPlane();
  const { worker, running } = await startWorker(t, { plane });
  const row = plane.issue(command("a", "noop", { result: { n: 1 } }));
  await until("the report", () => row.state === "ended");
  assert.deepEqual(types(row), ["call.done", "command.completed"]);
  assert.ok(plane.registered.has("w1"));
  worker.drain(1_000);
  await running;
  assert.equal(worker.state, "stopped");
  assert.ok(!plane.registered.has("w1"));
});

test("what a tool fails with is reported as a failure", async (t) => {
  const plane = testPlane();
  const fail = () => ({
    status: "error" as const,
    error: { kind: "process" as const, retryable: false, message: "no" },
  });
  await startWorker(t, { plane, behaviours: { shell: fail } });
  const row = plane.issue(command("a", "shell"));
  await until("the report", () => row.state === "ended");
  assert.deepEqual(types(row), ["call.error", "command.failed"]);
});

test("no more commands run than there is room for", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  await startWorker(t, { plane, behaviours: { shell: gated.behaviour }, capacity: 2 });
  for (const id of ["a", "b", "c"]) plane.issue(command(id, "shell"));
  await until("two to run", () => gated.calls === 2);
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(gated.calls, 2);
  gated.finish();
  await until("the third", () => gated.calls === 3);
});

test("commands that talk to databases have fewer places, and others pass them", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  await startWorker(t, { plane, behaviours: { postgres: gated.behaviour }, capacity: 4, databases: 1 });
  for (const id of ["a", "b"]) plane.issue(command(id, "postgres"));
  await until("one to run", () => gated.calls === 1);
  const other = plane.issue(command("c", "noop"));
  await until("the other kind", () => other.state === "ended");
  assert.equal(gated.calls, 1);
  gated.finish();
  await until("the second", () => gated.calls === 2);
});

test("a claim whose answer is lost is not lost, and its command runs once", async (t) => {
  const plane = testPlane();
  plane.fault = (method, count) => (method === "claim" && count === 1 ? { at: "after", error: away() } : undefined);
  let runs = 0;
  const once = () => {
    runs += 1;
    return { status: "ok" as const, data: {} };
  };
  await startWorker(t, { plane, behaviours: { shell: once } });
  // The plane holds the row for this worker: the next hint would not come. The source offers it again as open.
  const row = plane.issue(command("a", "shell"));
  await until("the lost claim", () => row.claims === 1);
  row.state = "open";
  await until("the report", () => row.state === "ended");
  assert.equal(runs, 1);
});

test("a report whose answer is lost is sent again under the same key, and counts once", async (t) => {
  const plane = testPlane();
  plane.fault = (method, count) => (method === "report" && count <= 2 ? { at: "after", error: away() } : undefined);
  await startWorker(t, { plane });
  const row = plane.issue(command("a", "noop"));
  await until("the third attempt", () => plane.calls.filter((each) => each === "report").length === 3);
  assert.deepEqual(types(row), ["call.done", "command.completed"]);
  assert.equal(plane.keys.length, 1);
});

test("while the server is away a report lies on disk; it is sent when the server is back, also by the next process", async (t) => {
  const plane = testPlane();
  let down = false;
  plane.fault = (method) => (down && method === "report" ? { at: "before", error: away() } : undefined);
  const first = await startWorker(t, { plane, patienceMs: 50 });
  down = true;
  const row = plane.issue(command("a", "noop"));
  const spool = join(first.folder, "spool");
  await until("the file", async () => (await readdir(spool).catch(() => [])).some((name) => name.endsWith(".json")));
  first.worker.drain(0);
  await first.running;
  assert.equal(row.state, "held");
  down = false;
  await startWorker(t, { plane, id: "w2", folder: first.folder });
  await until("the report", () => row.state === "ended");
  await until("the file to go", async () => (await readdir(spool)).length === 0);
});

test("a worker that lost its claim stops the tool and reports nothing", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  await startWorker(t, { plane, behaviours: { shell: gated.behaviour } });
  const row = plane.issue(command("a", "shell"));
  await until("it to run", () => gated.calls === 1);
  plane.takeAway("a");
  await until("the stop", () => gated.aborted === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(row.events, []);
  assert.ok(!plane.calls.includes("report"));
});

test("a cancelled run stops the tool, which is reported as cancelled", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  await startWorker(t, { plane, behaviours: { shell: gated.behaviour } });
  const row = plane.issue(command("a", "shell"));
  await until("it to run", () => gated.calls === 1);
  row.cancelling = true;
  await until("the report", () => row.state === "ended");
  assert.deepEqual(types(row), ["call.error", "command.cancelled"]);
});

test("extensions that fail change nothing", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  plane.fault = (method) => (method === "extend" ? { at: "before", error: away() } : undefined);
  await startWorker(t, { plane, behaviours: { shell: gated.behaviour } });
  const row = plane.issue(command("a", "shell"));
  await until("some beats", () => plane.calls.filter((each) => each === "extend").length >= 2);
  gated.finish();
  await until("the report", () => row.state === "ended");
  assert.equal(gated.aborted, 0);
});

test("a draining worker finishes what runs and takes nothing more", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  const { worker, running } = await startWorker(t, { plane, behaviours: { shell: gated.behaviour } });
  const first = plane.issue(command("a", "shell"));
  await until("it to run", () => gated.calls === 1);
  worker.drain(10_000);
  const second = plane.issue(command("b", "shell"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  gated.finish();
  await running;
  assert.deepEqual(types(first), ["call.done", "command.completed"]);
  assert.equal(second.state, "open");
});

test("what is not finished when the patience is over goes back to the queue, and another worker runs it", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  const behaviours = { shell: gated.behaviour };
  const { worker, running } = await startWorker(t, { plane, behaviours });
  const row = plane.issue(command("a", "shell"));
  await until("it to run", () => gated.calls === 1);
  worker.drain(20);
  await running;
  assert.deepEqual([row.state, row.events, gated.aborted], ["open", [], 1]);
  await startWorker(t, { plane, behaviours, id: "w2" });
  await until("it to run again", () => gated.calls === 2);
  gated.finish();
  await until("the report", () => row.state === "ended");
});

test("a hint that comes again while its command runs, or after it ended, starts nothing", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  let settled = 0;
  const hints: (() => void)[] = [];
  await startWorker(t, {
    plane,
    behaviours: { shell: gated.behaviour },
    source: () => ({
      async next(_max, signal) {
        await new Promise<void>((resolve) => {
          hints.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        if (signal.aborted) return [];
        return [{ hint: row.hint, attempt: 1, done: () => void settled++, later: () => void settled++ }];
      },
      close: async () => {},
    }),
  });
  const row = plane.issue(command("a", "shell"));
  const deliver = async () => {
    await until("somebody who waits", () => hints.length > 0);
    for (const give of hints.splice(0)) give();
  };
  await deliver();
  await until("it to run", () => gated.calls === 1);
  await deliver();
  await until("the repeated hint to be settled", () => settled === 1);
  gated.finish();
  await until("the report", () => row.state === "ended" && settled === 2);
  await deliver();
  await until("the third one", () => settled === 3);
  assert.deepEqual([gated.calls, row.claims], [1, 1]);
});

test("a server that does not know the worker any more is told again", async (t) => {
  const plane = testPlane();
  await startWorker(t, { plane });
  await until("the registration", () => plane.registered.has("w1"));
  plane.registered.clear();
  await until("another one", () => plane.registered.has("w1"));
});

test("a result that the server refuses fails the step with the reason", async (t) => {
  const plane = testPlane();
  const refusal = new NoetlError("validation", "TOO_LARGE", "the body is too large");
  plane.fault = (method, count) => (method === "report" && count === 1 ? { at: "before", error: refusal } : undefined);
  await startWorker(t, { plane });
  const row = plane.issue(command("a", "noop"));
  await until("the report", () => row.state === "ended");
  const [first] = row.events;
  assert.equal(first?.type === "call.error" && first.envelope.error.code, "REPORT_REFUSED");
});

test("a limit on commands ends those that last longer", async (t) => {
  const plane = testPlane();
  const gated = gatedTool();
  await startWorker(t, { plane, behaviours: { shell: gated.behaviour }, commandTimeoutMs: 60, heartbeatMs: 10_000 });
  const row = plane.issue(command("a", "shell"));
  await until("the report", () => row.state === "ended");
  const [first] = row.events;
  assert.equal(first?.type === "call.error" && first.envelope.error.kind, "timeout");
});

test("a worker that cannot register in time says why", async (t) => {
  const plane = testPlane();
  plane.fault = () => ({ at: "before", error: new NoetlError("auth", "UNAUTHORIZED", "this server needs a token") });
  const { running, worker } = await startWorker(t, { plane, registerPatienceMs: 0 });
  await assert.rejects(running, { code: "UNAUTHORIZED" });
  assert.equal(worker.state, "stopped");
});
