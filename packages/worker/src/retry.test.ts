import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NoetlError } from "@noetl/core";
import { persist } from "./retry.ts";
import { sleepingClock } from "./testing/clock.ts";
import { away } from "./testing/plane.ts";

const random = { next: () => 0.5 };

describe("retries", () => {
  const three = { tries: 3, firstMs: 100, longestMs: 150 };

  test("what may pass is tried again, with doubling waits and for as long as the server asks", async () => {
    const clock = sleepingClock();
    let count = 0;
    const answers = [away(), new NoetlError("unavailable", "BUSY", "busy", { after: 4 })];
    const found = await persist({ clock, random }, three, async () => {
      const error = answers[count++];
      if (error) throw error;
      return "ok";
    });
    assert.equal(found, "ok");
    assert.deepEqual(clock.waits, [100, 4_000]);
  });

  test("what will not pass is tried once, and patience ends", async () => {
    const clock = sleepingClock();
    let count = 0;
    const failing = (error: Error) => async () => {
      count += 1;
      throw error;
    };
    await assert.rejects(persist({ clock, random }, three, failing(new NoetlError("validation", "X", "no"))));
    assert.equal(count, 1);
    await assert.rejects(persist({ clock, random }, three, failing(away())), { code: "SERVER_UNREACHABLE" });
    assert.equal(count, 4);
    assert.deepEqual(clock.waits, [100, 150]);
  });
});
