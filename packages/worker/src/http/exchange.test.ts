import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkerReport, Workers } from "@noetl/client";
import { type JsonObject, NoetlError } from "@noetl/core";
import { openExchange } from "./exchange.ts";

const report = (id: string): WorkerReport => ({
  execution_id: "1",
  event_id: id,
  worker_id: "w",
  fence: 1,
  key: `${id}:1`,
  events: [],
});

/** A server that takes a moment; `routes`: does it know the exchange? */
function server(options: { routes?: boolean; away?: boolean } = {}) {
  const asked: string[] = [];
  const moment = () => new Promise((resolve) => setTimeout(resolve, 5));
  const known: Pick<Workers, "claim" | "report" | "exchange"> = {
    async claim(eventId) {
      asked.push(`claim ${eventId}`);
      await moment();
      return { fence: 1, event_id: eventId };
    },
    async report({ event_id }) {
      asked.push(`report ${event_id}`);
      await moment();
      return [];
    },
    async exchange(_worker, { claims, reports }) {
      asked.push(`exchange ${claims.length}+${reports.length}`);
      await moment();
      if (options.away) throw new NoetlError("unavailable", "AWAY", "no answer");
      if (options.routes === false) throw new NoetlError("not_found", "NO_ROUTE", "no such route");
      return { claims: claims.map(claimed), reports: reports.map(({ event_id }) => reported(event_id)) };
    },
  };
  return { asked, exchange: openExchange(known as Workers, "w") };
}

function claimed(eventId: string): JsonObject {
  if (eventId !== "taken") return { status: 200, fence: 1, event_id: eventId };
  return { status: 409, code: "active_claim", error: "held", detail: { code: "active_claim", lease_until: 5 } };
}

function reported(eventId: string): JsonObject {
  if (eventId === "late") return { status: 409, code: "FENCED", error: "lost" };
  if (eventId === "away") return { status: 503, code: "AWAY", error: "later", retry_after: 7 };
  return { status: 202, next: [{ event_id: `${eventId}+1` }] };
}

test("one alone travels as ever, what comes meanwhile travels together", async () => {
  const { asked, exchange } = server();
  const first = exchange.claim("1");
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const others = [exchange.claim("2"), exchange.claim("3"), exchange.report(report("4"))];
  assert.deepEqual(await first, { fence: 1, event_id: "1" });
  assert.deepEqual((await Promise.all(others))[2], [{ event_id: "4+1" }]);
  assert.deepEqual(asked, ["claim 1", "exchange 2+1"]);
});

test("each is answered for itself", async () => {
  const { exchange } = server();
  const [free, taken, late, away] = await Promise.allSettled([
    exchange.claim("1"),
    exchange.claim("taken"),
    exchange.report(report("late")),
    exchange.report(report("away")),
  ]);
  assert.equal(free.status, "fulfilled");
  const error = (settled: typeof late | typeof taken) => (settled.status === "rejected" ? settled.reason : undefined);
  assert.deepEqual([error(taken).meaning, error(taken).code], ["conflict", "active_claim"]);
  assert.equal(error(taken).data.body.detail.lease_until, 5);
  assert.deepEqual([error(late).meaning, error(late).code], ["conflict", "FENCED"]);
  assert.deepEqual([error(away).meaning, error(away).after], ["unavailable", 7]);
});

test("a server that knows no exchange is asked for each, and not tried again", async () => {
  const { asked, exchange } = server({ routes: false });
  await Promise.all([exchange.claim("1"), exchange.report(report("2"))]);
  await Promise.all([exchange.claim("3"), exchange.claim("4")]);
  assert.deepEqual(asked, ["exchange 1+1", "claim 1", "report 2", "claim 3", "claim 4"]);
});

test("without an answer nobody knows, and all are told", async () => {
  const { exchange } = server({ away: true });
  const settled = await Promise.allSettled([exchange.claim("1"), exchange.report(report("2"))]);
  assert.deepEqual(
    settled.map((one) => one.status === "rejected" && one.reason.code),
    ["AWAY", "AWAY"],
  );
});
