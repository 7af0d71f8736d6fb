import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { NoetlError, openGate, systemClock } from "@noetl/core";
import { silent } from "../log.ts";
import type { PoolPressure } from "../plane/control-plane.ts";
import { until } from "../testing/kit.ts";
import { calmGate } from "./calm.ts";
import { openPressure } from "./pressure.ts";

const well: PoolPressure = { utilization: 0.1, available: 9, waiting: 0, refused: false };

function pressureOf(t: TestContext, ask: () => PoolPressure | undefined, running = 1) {
  let asked = 0;
  const pressure = openPressure({
    capacity: 8,
    everyMs: 5,
    ask: async () => {
      asked += 1;
      return ask();
    },
    running: () => running,
    log: silent,
  });
  t.after(() => pressure.close());
  return { pressure, asked: () => asked };
}

test("a busy server is given less to do, one that idles again more, never more than there is room for", async (t) => {
  let state: PoolPressure = { ...well, available: 0, waiting: 1 };
  const { pressure } = pressureOf(t, () => state);
  await until("the limit to fall to one", () => pressure.limit === 1);
  state = { ...well, utilization: 0.6 };
  const held = pressure.limit;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(pressure.limit, held);
  state = well;
  await until("the limit to rise again", () => pressure.limit === 8);
});

test("a burst changes nothing", async (t) => {
  const burst = { ...well, utilization: 1, available: 0, waiting: 40 };
  const said = Array.from({ length: 6 }, (_, turn) => (turn % 2 === 0 ? burst : { ...well, utilization: 0.6 }));
  const { pressure } = pressureOf(t, () => said.shift() ?? well);
  await until("all of it to be seen", () => said.length === 0);
  assert.equal(pressure.limit, 8);
});

test("a refusal halves at once", async (t) => {
  const said: PoolPressure[] = [{ ...well, utilization: 0.5, refused: true }];
  const { pressure } = pressureOf(t, () => said.shift() ?? { ...well, utilization: 0.5 });
  await until("the refusal to be heard", () => said.length === 0);
  await until("half of it", () => pressure.limit === 4);
});

test("a server that cannot tell is asked once; one that is away goes on being asked", async (t) => {
  const mute = pressureOf(t, () => undefined);
  const old = pressureOf(t, () => {
    throw new NoetlError("not_found", "NO_ROUTE", "no such route");
  });
  const away = pressureOf(t, () => {
    throw new NoetlError("unavailable", "SERVER_UNREACHABLE", "nobody there");
  });
  const idle = pressureOf(t, () => well, 0);
  await until("several questions", () => away.asked() > 3);
  assert.deepEqual([mute.asked(), old.asked(), idle.asked()], [1, 1, 0]);
  assert.equal(away.pressure.limit, 8);
});

test("a database command waits while too many calls wait for a connection", async () => {
  let waiting = 3;
  const gate = calmGate(openGate(1), { waiting: () => waiting, most: 2, pauseMs: 5, clock: systemClock });
  const entered = gate.enter(new AbortController().signal);
  let inside = false;
  void entered.then(() => {
    inside = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 25));
  assert.equal(inside, false);
  waiting = 2;
  (await entered)();
  waiting = 3;
  const stop = new AbortController();
  const given = gate.enter(stop.signal);
  stop.abort(new Error("stop"));
  await assert.rejects(given);
  // The place was given back.
  waiting = 0;
  (await gate.enter(new AbortController().signal))();
});
