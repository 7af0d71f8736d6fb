import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "@noetl/sdk";
import { renderToString } from "ink";
import { createElement as h } from "react";
import { Screen } from "../app/app.ts";
import type { State } from "../state/state.ts";
import { after, event, executionState, NOW, startState } from "../testing/state.ts";
import { frame } from "./frame.ts";
import { painted } from "./line.ts";

const look = { ascii: false };
const drawn = (state: State, options = look) =>
  renderToString(h(Screen, { state, look: options, color: false }), { columns: state.size.columns });

const rows = Array.from({ length: 60 }, (_, index) => ({
  id: String(1_000 + index),
  path: index === 0 ? `長い名前の${"とても".repeat(20)}` : `p/${index}`,
  version: null,
  status: ["RUNNING", "FAILED", "COMPLETED", "CANCELLED", "INTERRUPTED"][index % 5] ?? "",
  startedAt: NOW,
  endedAt: index % 5 === 0 ? null : NOW + 61_000,
  error: index % 5 === 1 ? "first\nsecond \u001b[2J\u0007" : null,
  parent: null,
}));

test("cli.md §8 #40: every screen has exactly the size of the terminal, whatever it shows", () => {
  for (const [columns, height] of [
    [40, 10],
    [80, 24],
    [120, 40],
    [200, 50],
  ] as const) {
    const size = { columns, rows: height };
    const lists = after(startState(size), { type: "executions", rows }).state;
    const run = executionState(size);
    const screens = [
      startState(size),
      lists,
      after(lists, "?").state,
      after(lists, "c").state,
      after(lists, "/", "x").state,
      after(lists, "p").state,
      after(lists, "w").state,
      ...["1", "2", "3", "4", "5"].map((key) => after(run, key).state),
      after(run, "3", "enter").state,
      after(run, "t", ",").state,
      after(startState(size), { type: "link", up: false, message: "m".repeat(300) }).state,
      after(startState(size), { type: "failed", text: "t".repeat(300) }).state,
    ];
    for (const state of screens) {
      const lines = frame(state, look).map((spans) => painted(spans, false));
      assert.equal(lines.length, height);
      for (const text of lines) assert.ok(displayWidth(text) <= columns, `${columns}: ${text}`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(lines.join(""), /[\u0000-\u001f]/);
      assert.equal(drawn(state).split("\n").length, height);
    }
  }
});

test("the graph lights up: marks, loop counts, retries; the chosen step has a frame of its own, secrets none", () => {
  const text = drawn(executionState({ columns: 80, rows: 30 }));
  assert.match(text, /✓ 1\.0s/);
  assert.match(text, /║ ● 2\/3 ↻2 /);
  assert.match(text, /│ ✗ 1\.0s/);
  assert.match(text, /│ · +│/);
  assert.match(text, /left {2}● RUNNING/);
  const failed = drawn(after(executionState({ columns: 120, rows: 30 }), "right").state);
  assert.match(failed, /right {2}✗ FAILED {2}1\.0s/);
  assert.match(failed, /no \*\*\* door/);
  const ascii = drawn(executionState(), { ascii: true });
  assert.match(ascii, /\* 2\/3 ~2/);
});

test("workload and events show no secret, neither by its name nor by its value", () => {
  const run = after(executionState(), {
    type: "events",
    id: "123456789",
    events: [
      event(7, "call.done", {
        step: "left",
        output: { stdout: "with s3cret\n", password: "abc" },
        body: { stdout: "s3cret" },
      }),
    ],
  }).state;
  for (const keys of [["4"], ["5"], ["3", "enter"]]) {
    const text = drawn(after(run, ...keys).state);
    assert.doesNotMatch(text, /s3cret|abc/);
    assert.match(text, /\*\*\*/);
  }
});

test("a view that breaks is told on the screen; the way out stays", () => {
  const run = executionState();
  const broken = { ...run, execution: { ...run.execution, events: [event(1, null as never)] } } as State;
  const text = drawn(after(broken, "3").state);
  assert.match(text, /this view cannot be drawn/);
  assert.match(text, /q quit/);
  assert.equal(after(broken, "q").state.quit, "key");
});

test("what is lost, asked and noticed stands where it is seen", () => {
  const lost = after(startState(), { type: "link", up: false, message: "nothing listens there" }).state;
  assert.match(drawn(lost), /^NoETL .*LOST for 0ms, trying again: nothing list…\n/);
  const far = { ...startState(), source: { kind: "local", label: `/${"long".repeat(30)}`, canResume: true } } as const;
  assert.match(drawn(after(far, { type: "link", up: true }).state), /^NoETL .*long… {2}local\n/);
  const asked = after(startState(), { type: "executions", rows }, "c").state;
  assert.match(drawn(asked).split("\n").at(-1) ?? "", /^Cancel execution …1000\? y\/n/);
  const told = after(startState(), { type: "failed", text: "no" }).state;
  assert.match(drawn(told).split("\n").at(-1) ?? "", /^no *$/);
  assert.equal(after(told, { type: "tick", now: NOW + 6_000 }).state.notice, undefined);
});
