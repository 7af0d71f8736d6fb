import assert from "node:assert/strict";
import { test } from "node:test";
import { recently } from "./recently.ts";
import { sleepingClock } from "./testing/clock.ts";

test("names are remembered for a while", async () => {
  const clock = sleepingClock();
  const seen = recently(clock, 100);
  seen.add("a");
  await clock.sleep(60);
  seen.add("b");
  assert.ok(seen.has("a") && seen.has("b"));
  await clock.sleep(60);
  assert.deepEqual([seen.has("a"), seen.has("b"), seen.size], [false, true, 1]);
});
