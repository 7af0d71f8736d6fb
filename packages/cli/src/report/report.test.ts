import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventBody, LogEvent } from "@noetl/engine";
import type { RunInfo } from "@noetl/runner";
import { palette } from "@noetl/sdk";
import { cleanOutput } from "./clean-output.ts";
import { type LineOptions, lineOf, rowText, SHOWN_RUNS } from "./lines.ts";
import { createTracker } from "./tracker.ts";

const info: RunInfo = { execution_id: "1", path: "p", name: "flow", file: null, parent: null, steps: 2 };
const plain: LineOptions = { paint: palette(false), color: false, verbose: false, announce: true };
let seq = 0;
const at = (ts: number, body: EventBody): LogEvent =>
  ({ ...body, event_id: String(seq), execution_id: "1", seq: seq++, ts }) as LogEvent;
const enter = (step: string, ts = 0, run = 1) => at(ts, { type: "step.enter", step, run, from: [] });
const exit = (step: string, ts = 0, run = 1) => at(ts, { type: "step.exit", step, run, status: "COMPLETED" });
const failed = { kind: "process", retryable: false, message: "exit code\n1" } as const;

test("a step is running from enter to exit and its line says how long it took", () => {
  const tracker = createTracker();
  const lines = (events: LogEvent[]) =>
    events.flatMap((event) => tracker.event(event, info)).map((note) => lineOf(note, plain));
  assert.deepEqual(lines([enter("load", 1_000)]), []);
  assert.deepEqual(
    tracker.running().map((row) => rowText(row, 3_500)),
    ["load  2.5s"],
  );
  assert.deepEqual(lines([exit("load", 4_000)]), ["  ok    load  3.0s"]);
  assert.deepEqual(tracker.running(), []);
});

test("a loop shows how far it is and what failed", () => {
  const tracker = createTracker();
  const call = (iteration: number, ok: boolean) =>
    at(0, {
      step: "each",
      run: 1,
      command_id: `each#1.${iteration}`,
      iteration,
      updates: [],
      ...(ok
        ? { type: "call.done", envelope: { status: "ok", data: 1, meta: {} } }
        : { type: "call.error", envelope: { status: "error", data: null, meta: {}, error: failed } }),
    } as unknown as EventBody);
  for (const event of [
    enter("each"),
    at(0, { type: "loop.started", step: "each", run: 1, mode: "parallel", total: 3, max_in_flight: 2 }),
    call(0, true),
    call(1, false),
  ]) {
    tracker.event(event, info);
  }
  assert.deepEqual(
    tracker.running().map((row) => rowText(row, 0)),
    ["each  0.0s, 2 of 3 items, 1 failed"],
  );
});

test("a cursor counts rows, not claims", () => {
  const tracker = createTracker();
  const claim = (success: number, failed: number) =>
    at(0, {
      type: "call.done",
      step: "work",
      run: 1,
      command_id: "work#1.L0.0",
      updates: [],
      envelope: { status: "ok", data: null, meta: {} },
      frame: { claimed: success + failed, success, failed },
    } as unknown as EventBody);
  const started = {
    type: "loop.started",
    step: "work",
    run: 1,
    mode: "cursor",
    total: null,
    max_in_flight: 1,
  } as const;
  for (const event of [enter("work"), at(0, started), claim(2, 1), claim(4, 0), claim(0, 0)])
    tracker.event(event, info);
  assert.deepEqual(
    tracker.running().map((row) => rowText(row, 0)),
    ["work  0.0s, 7 rows, 1 failed"],
  );
});

test("where no live block shows it, work that takes time is announced once", () => {
  const tracker = createTracker();
  const started = (kind: string, attempt: number, iteration?: number) => {
    const notes = tracker.progress(
      {
        type: "task.started",
        command_id: "c",
        step: "s",
        task: "",
        kind,
        attempt,
        ...(iteration !== undefined && { iteration }),
      },
      info,
    );
    return notes.map((note) => lineOf(note, plain));
  };
  assert.deepEqual(started("shell", 1), ["  ...   s  shell"]);
  assert.deepEqual([started("shell", 2), started("shell", 1, 3), started("noop", 1)].flat(), [
    undefined,
    undefined,
    undefined,
  ]);
});

test("a failure shows its message on one line", () => {
  const tracker = createTracker();
  tracker.event(enter("load"), info);
  const [note] = tracker.event(
    at(0, { type: "step.exit", step: "load", run: 1, status: "FAILED", error: failed }),
    info,
  );
  assert.equal(note && lineOf(note, plain), "  FAIL  load  0ms  exit code 1");
});

test("a retry is a line and shows in the row until the next attempt", () => {
  const tracker = createTracker();
  tracker.event(enter("load"), info);
  const base = { command_id: "load#1", step: "load", task: "t" };
  const [note] = tracker.progress(
    { ...base, type: "task.retry", attempt: 2, delay_ms: 2_000, message: "refused" },
    info,
  );
  assert.equal(note && lineOf(note, plain), "  retry load  refused; attempt 2 in 2.0s");
  assert.match(rowText(tracker.running()[0] as never, 0), /attempt 2 in 2\.0s/);
  tracker.progress({ ...base, type: "task.started", attempt: 2, kind: "http" }, info);
  assert.equal(rowText(tracker.running()[0] as never, 0), "load  0.0s, attempt 2");
});

test("steps of a child run carry its name and are gone when it ends", () => {
  const tracker = createTracker();
  const child: RunInfo = { ...info, execution_id: "2", name: "child", parent: "1" };
  tracker.event({ ...enter("inner"), execution_id: "2" }, child);
  assert.deepEqual(
    tracker.running().map(({ label }) => label),
    ["child › inner"],
  );
  tracker.event({ ...at(0, { type: "execution.cancelled", reason: "r" }), execution_id: "2" }, child);
  assert.deepEqual(tracker.running(), []);
});

test("a step that runs over and over does not fill the screen, unless it fails", () => {
  const tracker = createTracker();
  let shown = 0;
  for (let run = 1; run <= 50; run++) {
    const begun = { command_id: `poll#${run}`, step: "poll", task: "poll_task", kind: "shell", attempt: 1 };
    const notes = [
      ...tracker.event(enter("poll", 0, run), info),
      ...tracker.progress({ type: "task.started", ...begun }, info),
      ...tracker.event(exit("poll", 0, run), info),
    ];
    for (const note of notes) if (lineOf(note, { ...plain, announce: true })) shown++;
  }
  assert.equal(shown, 2 * SHOWN_RUNS);
});

test("output of a tool is cleaned of everything that would tear the drawing", () => {
  assert.deepEqual(cleanOutput("10%\r50%\r100%\n", false), ["100%"]);
  assert.deepEqual(cleanOutput("a\r\nb", false), ["a", "b"]);
  assert.deepEqual(cleanOutput("\u001b[2J\u001b[1;1Hx\u0007\u001b]0;title\u0007y", true), ["xy"]);
  assert.deepEqual(cleanOutput("\u001b[31mred\u001b[0m", false), ["red"]);
  assert.deepEqual(cleanOutput("\u001b[31mred", true), ["\u001b[31mred\u001b[0m"]);
});
