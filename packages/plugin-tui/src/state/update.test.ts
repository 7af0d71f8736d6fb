import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExecutionRow } from "../source/port.ts";
import { after, event, executionState, NOW, picture, startState } from "../testing/state.ts";
import { focusOf, shownEvents, shownExecutions } from "./state.ts";
import { watchesOf } from "./watch.ts";

const row = (id: string, status: string, path = `p/${id}`): ExecutionRow => ({
  id,
  path,
  version: null,
  status,
  startedAt: NOW,
  endedAt: null,
  error: null,
  parent: null,
});
const rows = [row("3", "RUNNING"), row("2", "FAILED"), row("1", "COMPLETED")];
const listed = () => after(startState(), { type: "executions", rows }).state;

test("cli.md §8 #40: an empty list has no cursor to lose", () => {
  const { state } = after(startState(), { type: "executions", rows: [] }, "up", "down", "end", "enter", "c", "y");
  assert.equal(state.screen, "executions");
  assert.equal(state.notice?.bad, true);
});

test("the cursor stays on its execution when newer ones come, and at the top it stays at the top", () => {
  const at = after(listed(), "down", { type: "executions", rows: [row("4", "RUNNING"), ...rows] }).state;
  assert.equal(at.executions.selected, "2");
  assert.equal(after(at, "enter").state.execution?.id, "2");
  const top = after(
    listed(),
    "down",
    "up",
    { type: "executions", rows: [row("4", "RUNNING"), ...rows] },
    "enter",
  ).state;
  assert.equal(top.execution?.id, "4");
});

test("a filter is typed, kept, dropped; keys that mean something elsewhere are letters in it", () => {
  const typed = after(listed(), "/", "q", "c", "backspace", "backspace", "f", "a", "i").state;
  assert.deepEqual(typed.prompt, { ask: "filter", text: "fai", before: "" });
  assert.deepEqual(
    shownExecutions(typed).map(({ id }) => id),
    ["2"],
  );
  assert.equal(after(typed, "enter").state.executions.filter, "fai");
  assert.equal(after(typed, "esc").state.executions.filter, "");
  assert.equal(after(typed, "enter", "esc").state.executions.filter, "");
  assert.deepEqual(
    shownExecutions(after(listed(), "f").state).map(({ id }) => id),
    ["3"],
  );
});

test("cli.md §8 #40: nothing is changed outside before the question is answered with y", () => {
  const asked = after(listed(), "c");
  assert.deepEqual(asked.effects, []);
  assert.equal(asked.state.prompt?.ask, "confirm");
  for (const key of ["n", "esc"]) {
    const { state, effects } = after(asked.state, key);
    assert.deepEqual([state.prompt, effects], [undefined, []]);
  }
  assert.deepEqual(after(asked.state, "x").state.prompt, asked.state.prompt);
  assert.deepEqual(after(asked.state, "y").effects, [{ do: "cancel", id: "3" }]);
  assert.equal(after(listed(), "down", "c").state.prompt, undefined);
  assert.deepEqual(after(listed(), "down", "R", "y").effects, [{ do: "rerun", id: "2" }]);
  assert.match(after(listed(), "down", "S").state.notice?.text ?? "", /cannot go on/);
});

test("Esc leads back screen by screen, q and Ctrl-C end it from anywhere", () => {
  const deep = after(listed(), "w", "p", "e", "enter").state;
  assert.equal(deep.screen, "execution");
  assert.deepEqual(
    ["esc", "esc", "esc"].map((_, count) => after(deep, ...Array(count + 1).fill("esc")).state.screen),
    ["executions", "playbooks", "workers"],
  );
  assert.equal(after(deep, "q").state.quit, "key");
  assert.equal(after(deep, "?", "q").state.quit, "key");
  assert.equal(after(deep, "/", "q").state.quit, "key");
  assert.equal(after(listed(), "/", "q").state.quit, undefined);
  assert.equal(after(listed(), "/", "ctrl-c").state.quit, "interrupt");
});

test("the views follow what runs until a step is chosen; arrows lead through the graph", () => {
  const state = executionState();
  assert.ok(state.execution);
  assert.equal(focusOf(state.execution), "left");
  const right = after(state, "right").state;
  assert.ok(right.execution);
  assert.equal(focusOf(right.execution), "right");
  const end = after(right, "down", "down").state;
  assert.ok(end.execution);
  assert.equal(focusOf(end.execution), "end");
  assert.deepEqual(after(end, "enter").effects, [{ do: "inputs", id: "123456789", step: "end", item: 0 }]);
});

test("an event that comes twice is one; those of another execution are none", () => {
  const again = after(
    executionState(),
    { type: "events", id: "123456789", events: [event(6, "step.exit"), event(7, "loop.done")] },
    { type: "events", id: "other", events: [event(8, "step.exit")] },
  ).state;
  assert.deepEqual(
    again.execution?.events.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7],
  );
});

test("a replay steps through the log, plays with the speed it is told, and ends where the log ends", () => {
  const stood = after(executionState(), "t");
  assert.deepEqual(stood.effects, [{ do: "look", id: "123456789", at: 6 }]);
  const back = after(stood.state, ",", ",");
  assert.deepEqual(back.effects, [{ do: "look", id: "123456789", at: 4 }]);
  assert.ok(back.state.execution);
  assert.deepEqual(
    shownEvents(back.state.execution).map(({ seq }) => seq),
    [1, 2, 3, 4],
  );
  const old = picture({ steps: [{ step: "left", status: "RUNNING", runs: 1, attempts: 0 }] });
  const late = after(back.state, { type: "picture", id: "123456789", at: 5, picture: old }).state;
  assert.notEqual(late.execution?.replay?.picture, old);
  const fit = after(back.state, { type: "picture", id: "123456789", at: 4, picture: old }).state;
  assert.equal(fit.execution?.replay?.picture, old);

  assert.deepEqual(after(stood.state, "<", "<").effects, [{ do: "look", id: "123456789", at: 4 }]);
  assert.deepEqual(after(stood.state, "0", ">").effects, [{ do: "look", id: "123456789", at: 2 }]);
  const playing = after(stood.state, "0", "space", "+").state;
  assert.deepEqual(
    watchesOf(playing).find(({ watch }) => watch === "beat"),
    { key: "beat 125", watch: "beat", everyMs: 125 },
  );
  let { state } = { state: playing };
  for (let beats = 0; beats < 5; beats++) ({ state } = after(state, { type: "beat" }));
  assert.equal(state.execution?.replay?.at, 6);
  assert.equal(state.execution?.replay?.playing, true);
  assert.equal(after(state, { type: "beat" }).state.execution?.replay?.playing, false);
  assert.equal(after(state, "t").state.execution?.replay, undefined);
});

test("a workload is JSON or pairs; what is neither is said and not started", () => {
  const asked = after(
    startState(undefined, { playbook: "flow.yaml" }),
    "x",
    ..."n=1 name=Ada list=[1,2]".split("").map((key) => (key === " " ? "space" : key)),
  );
  assert.deepEqual(after(asked.state, "enter").effects, [
    { do: "start", path: "flow.yaml", version: null, workload: { n: 1, name: "Ada", list: [1, 2] } },
  ]);
  const wrong = after(asked.state, "ctrl-u", "[", "1", "enter");
  assert.deepEqual(wrong.effects, []);
  assert.match(JSON.stringify(wrong.state.prompt), /JSON/);
  assert.deepEqual(after(asked.state, "esc").effects, []);
});

test("only what is shown is watched, and a lost connection is told until it is back", () => {
  const keys = (state: ReturnType<typeof startState>) => watchesOf(state).map(({ watch }) => watch);
  assert.deepEqual(keys(startState()), ["executions"]);
  assert.deepEqual(keys(after(listed(), "w").state), ["workers", "clock"]);
  assert.deepEqual(keys(executionState()), ["execution", "clock"]);
  const lost = after(
    startState(),
    { type: "link", up: false, message: "away" },
    { type: "tick", now: NOW + 9_000 },
    { type: "link", up: false, message: "still" },
  );
  assert.deepEqual(lost.state.link, { state: "lost", message: "still", since: NOW });
  assert.deepEqual(after(lost.state, { type: "link", up: true }).state.link, { state: "up" });
});
