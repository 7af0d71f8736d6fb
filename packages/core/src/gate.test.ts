import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openGate } from "./gate.ts";

const never = new AbortController().signal;

describe("gate", () => {
  test("lets in so many, and the next in line when one leaves", async () => {
    const gate = openGate(1);
    const leave = await gate.enter(never);
    let second = false;
    const waiting = gate.enter(never).then((go) => {
      second = true;
      return go;
    });
    await Promise.resolve();
    assert.deepEqual([second, gate.waiting], [false, 1]);
    leave();
    leave();
    const leaveSecond = await waiting;
    assert.equal(gate.waiting, 0);
    leaveSecond();
    (await gate.enter(never))();
  });

  test("who gives up waiting takes no place", async () => {
    const gate = openGate(1);
    const leave = await gate.enter(never);
    const stop = new AbortController();
    const waiting = gate.enter(stop.signal);
    stop.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    leave();
    (await gate.enter(never))();
    await assert.rejects(gate.enter(stop.signal), /enough/);
  });
});
