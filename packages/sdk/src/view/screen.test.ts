import assert from "node:assert/strict";
import { test } from "node:test";
import { testTerminal } from "../testing/terminal.ts";
import { liveScreen, plainScreen } from "./screen.ts";

/** A live screen over a clock that moves a second at each look: every print is drawn at once. */
function live(columns: number, rows: number) {
  const terminal = testTerminal(columns, rows);
  const state = { block: [] as string[], now: 0 };
  const screen = liveScreen(terminal, { block: () => state.block, now: () => (state.now += 1_000) });
  return { terminal, state, screen };
}

test("lines scroll above the block, which is always last", () => {
  const { terminal, state, screen } = live(40, 10);
  state.block = ["running a", "running b"];
  screen.print("first");
  assert.deepEqual(terminal.lines(), ["first", "running a", "running b"]);
  state.block = ["running b"];
  screen.print("ok a");
  assert.deepEqual(terminal.lines(), ["first", "ok a", "running b"]);
  screen.close();
  assert.deepEqual(terminal.lines(), ["first", "ok a"]);
});

test("long output wraps above the block without harm", () => {
  const { terminal, state, screen } = live(10, 10);
  state.block = ["block"];
  screen.print("x".repeat(25));
  screen.print("next");
  screen.close();
  assert.deepEqual(terminal.lines(), ["x".repeat(10), "x".repeat(10), "x".repeat(5), "next"]);
});

test("a block that is taller than the window is cut", () => {
  const { terminal, state, screen } = live(40, 5);
  state.block = ["a", "b", "c", "d", "e"];
  screen.refresh();
  assert.deepEqual(terminal.lines(), ["a", "b", "  … and 3 more"]);
  screen.close();
});

test("a window made narrower leaves nothing behind", () => {
  const { terminal, state, screen } = live(30, 10);
  screen.print("first");
  state.block = ["a".repeat(28), "b".repeat(28)];
  screen.refresh();
  state.block = ["short"];
  terminal.resize(12);
  assert.deepEqual(terminal.lines(), ["first", "short"]);
  screen.close();
  assert.deepEqual(terminal.lines(), ["first"]);
});

test("between two frames lines are kept and come out in order", () => {
  const terminal = testTerminal(40, 10);
  let now = 0;
  const screen = liveScreen(terminal, { block: () => ["block"], now: () => now });
  screen.print("one");
  screen.print("two");
  screen.print("three");
  assert.deepEqual(terminal.lines(), ["one", "block"]);
  now = 1_000;
  screen.refresh();
  assert.deepEqual(terminal.lines(), ["one", "two", "three", "block"]);
  screen.close();
  assert.deepEqual(terminal.lines(), ["one", "two", "three"]);
});

test("without a terminal lines are written as they come", () => {
  const written: string[] = [];
  const screen = plainScreen({ write: (text) => written.push(text) });
  screen.print("one");
  screen.print("two");
  assert.deepEqual(written, ["one\n", "two\n"]);
});
