import assert from "node:assert/strict";
import { test } from "node:test";
import { machineId, snowflakes } from "./snowflake.ts";

const SEQUENCE = 1n << 12n;
const MILLISECOND = 1n << 22n;

/** Stands still until moved. */
function clockAt(start: number) {
  let now = start;
  return {
    now: () => now,
    sleep: async () => {},
    move: (ms: number) => {
      now += ms;
    },
  };
}

test("time, machine and sequence have their bits", () => {
  const clock = clockAt(Date.UTC(2026, 0, 1));
  const id = BigInt(snowflakes({ machine: 5, clock }).next());
  assert.equal(id / MILLISECOND, BigInt(Date.UTC(2026, 0, 1) - Date.UTC(2024, 0, 1)));
  assert.equal((id / SEQUENCE) % 1024n, 5n);
});

test("ids grow: within a millisecond, past its 4096, and when the clock jumps back", () => {
  for (const machine of [{ machine: 1 }, {}]) {
    const clock = clockAt(Date.UTC(2026, 0, 1));
    const ids = snowflakes({ ...machine, clock });
    const made: bigint[] = [];
    for (const jump of [0, 3, -50, 0, 1]) {
      clock.move(jump);
      for (let count = 0; count < 3_000; count++) made.push(BigInt(ids.next()));
    }
    assert.ok(made.every((id, index) => index === 0 || id > (made[index - 1] ?? id)));
  }
});

test("two generators of one host, in the same millisecond, do not meet", () => {
  const clock = clockAt(Date.UTC(2026, 0, 1));
  const starts = new Set(Array.from({ length: 50 }, () => snowflakes({ clock }).next()));
  assert.ok(starts.size > 25, `${starts.size} of 50 differ`);
});

test("a machine is a number of ten bits made of its name", () => {
  assert.equal(machineId("a"), machineId("a"));
  assert.notEqual(machineId("a"), machineId("b"));
  assert.ok(machineId("some-host") >= 0 && machineId("some-host") < 1024);
});

test("ids grow beyond those of an earlier process, whatever the clock says", () => {
  const clock = clockAt(Date.UTC(2026, 0, 1));
  const before = snowflakes({ machine: 1023, clock }).next();
  clock.move(-3_600_000);
  assert.ok(BigInt(snowflakes({ machine: 0, clock, after: before }).next()) > BigInt(before));
  clock.move(7_200_000);
  const later = snowflakes({ machine: 0, clock, after: before }).next();
  assert.equal(later, snowflakes({ machine: 0, clock }).next());
});
