import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import type { Hint } from "@noetl/bus";
import { systemClock } from "@noetl/core";
import type { Given } from "../runs/index.ts";
import { type Desk, openDesk } from "./desk.ts";

const hint = (id: number, pool = "shared"): Hint => ({
  execution_id: "1",
  event_id: String(id),
  command_id: String(id),
  step: "s",
  pool,
});

describe("desk", () => {
  let desk: Desk;
  let asked: string[] = [];
  let unseen: string[] = [];
  afterEach(() => desk.close());

  function open(stored: () => Hint[] = () => [], recheckMs = 60_000): void {
    asked = [];
    unseen = [];
    desk = openDesk({
      async ready(pools, limit) {
        asked.push(`${pools.join("+")}:${limit}`);
        return stored().slice(0, limit);
      },
      clock: systemClock,
      reserveMs: 400,
      recheckMs,
      unseen: ({ row }) => void unseen.push(row.event_id),
      hintOf: ({ row }) => hint(Number(row.event_id)),
      trouble: (error) => assert.fail(String(error)),
    });
  }
  const poll = (pools = ["shared"], max = 1, waitMs = 60) => desk.poll({ pools, max, waitMs });
  const ids = (hints: Hint[]) => hints.map(({ event_id }) => event_id);

  it("hands what is issued to who waits, once", async () => {
    open();
    const first = poll(["shared"], 10, 1_000);
    const second = poll(["shared"], 10, 80);
    await new Promise((resolve) => setTimeout(resolve, 5));
    desk.offer([hint(1), hint(2)]);
    assert.deepEqual(ids(await first), ["1", "2"]);
    assert.deepEqual(await second, []);
  });

  it("keeps what is issued for who comes, by pool and at most so many", async () => {
    open();
    desk.offer([hint(1), hint(2), hint(3, "gpu")]);
    assert.deepEqual(ids(await poll(["shared"], 1)), ["1"]);
    assert.deepEqual(ids(await poll(["gpu", "shared"], 5)), ["2", "3"]);
    assert.deepEqual(await poll(["shared"], 5, 10), []);
  });

  it("asks the store once for all who wait, and not again without a reason", async () => {
    open();
    await Promise.all(Array.from({ length: 200 }, () => poll(["shared"], 1, 30)));
    assert.equal(asked.length, 1, asked.join(" "));
    await poll(["shared"], 1, 10);
    assert.equal(asked.length, 1);
    desk.wake(["shared"]);
    assert.equal(asked.length, 1, "nobody waits");
    await poll(["shared"], 1, 10);
    assert.equal(asked.length, 2);
  });

  it("finds what others stored when it is woken", async () => {
    let stored: Hint[] = [];
    open(() => stored);
    const waiting = poll(["shared"], 1, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
    stored = [hint(7)];
    desk.wake(["gpu"]);
    desk.wake(["shared"]);
    assert.deepEqual(ids(await waiting), ["7"]);
  });

  it("looks again by itself, for leases that lapsed", async () => {
    let stored: Hint[] = [];
    open(() => stored, 20);
    const waiting = poll(["shared"], 1, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
    stored = [hint(8)];
    assert.deepEqual(ids(await waiting), ["8"]);
  });

  it("does not hand out twice what it has just handed out", async () => {
    open(() => [hint(9)], 20);
    assert.deepEqual(ids(await poll()), ["9"]);
    assert.deepEqual(await poll(["shared"], 1, 20), []);
    assert.deepEqual(ids(await poll(["shared"], 1, 5_000)), ["9"], "but after its reservation");
  });

  it("gives others what was meant for one who left", async () => {
    open();
    const gone = new AbortController();
    const leaving = desk.poll({ pools: ["shared"], max: 1, waitMs: 1_000, signal: gone.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    desk.offer([hint(1)]);
    gone.abort();
    assert.deepEqual(await leaving, []);
    assert.deepEqual(ids(await poll()), ["1"]);
  });

  it("forgets what was claimed, and lets everybody go when it closes", async () => {
    open();
    desk.offer([hint(1)]);
    desk.forget("1");
    assert.equal(desk.queued, 0);
    const waiting = poll(["shared"], 1, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(desk.waiting, 1);
    desk.close();
    assert.deepEqual(await waiting, []);
    assert.deepEqual(await poll(["shared"], 1, 60_000), [], "also who comes later");
  });

  const given = (id: number): Given => ({
    execution_id: "1",
    row: { event_id: String(id), command_id: `s#${id}`, step: "s", kind: "noop", pool: "shared", attempt: 1 },
    command: {} as Given["command"],
    fence: 1,
  });
  const take = (max = 2, waitMs = 1_000, signal?: AbortSignal) =>
    desk.poll({ pools: ["shared"], max, waitMs, worker: "w", ...(signal ? { signal } : {}) });

  it("has seats at a worker that says who it is: so many as it has room, for its pools", async () => {
    open();
    void poll(["shared"], 9, 50);
    assert.equal(desk.seat("shared"), undefined);
    const answer = take(2);
    assert.equal(desk.seat("gpu"), undefined);
    const seats = [desk.seat("shared"), desk.seat("shared")];
    assert.deepEqual([seats[0]?.worker_id, seats[1]?.worker_id, desk.seat("shared")], ["w", "w", undefined]);
    seats[0]?.give(given(1));
    const offers = await answer;
    assert.deepEqual(ids(offers), ["1"]);
    assert.equal(offers[0]?.given?.fence, 1);
    // Promised before, given between two polls: it counts in the next one.
    seats[1]?.give(given(2));
    const next = take(1);
    assert.equal(desk.seat("shared"), undefined);
    assert.deepEqual(ids(await next), ["2"]);
    assert.deepEqual(unseen, []);
  });

  it("has one more seat at a worker that has done something, between two polls and during one", async () => {
    open();
    const first = take(1);
    desk.seat("shared")?.give(given(1));
    assert.deepEqual(ids(await first), ["1"]);
    assert.equal(desk.seat("shared"), undefined);
    desk.vacated("w", 1);
    desk.vacated("another", 1);
    desk.seat("shared")?.give(given(2));
    assert.equal(desk.seat("shared"), undefined);
    assert.deepEqual(ids(await take(1)), ["2"]);
    // What the poll asks for counts, not what was known before.
    desk.vacated("w", 1);
    const next = take(1);
    desk.vacated("w", 1);
    desk.offer([hint(3), hint(4), hint(5)]);
    assert.deepEqual(ids(await next), ["3", "4"]);
    assert.equal(desk.queued, 1);
    assert.deepEqual(unseen, []);
  });

  it("gives up what a worker was given that does not come back", async () => {
    open();
    const answer = take(2);
    const [first, second] = [desk.seat("shared"), desk.seat("shared")];
    first?.give(given(1));
    await answer;
    second?.give(given(2));
    await new Promise((resolve) => setTimeout(resolve, 350));
    assert.deepEqual(unseen, ["2"]);
    assert.equal(desk.seat("shared"), undefined);
  });

  it("gives up what it found for a worker that left before it was told", async () => {
    open();
    const gone = new AbortController();
    const answer = take(2, 1_000, gone.signal);
    desk.seat("shared")?.give(given(1));
    gone.abort();
    assert.deepEqual(await answer, []);
    assert.deepEqual(unseen, ["1"]);
  });

  it("a seat that was not needed is room for what waits", async () => {
    open();
    const answer = take(1);
    const seat = desk.seat("shared");
    desk.offer([hint(5)]);
    assert.equal(desk.queued, 1, "its only place is promised");
    seat?.back();
    assert.deepEqual(ids(await answer), ["5"]);
  });
});
