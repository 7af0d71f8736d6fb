import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { playbook, register, startServer, type TestServer, until } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";
import { nextTime, parseCron } from "./cron.ts";

describe("cron", () => {
  const next = (line: string, after: string, zone = "UTC") => {
    const time = nextTime(parseCron(line), Date.parse(after), zone);
    return time === undefined ? undefined : new Date(time).toISOString();
  };
  const cases: [string, string, string, string?][] = [
    ["* * * * *", "2026-03-01T10:00:30Z", "2026-03-01T10:01:00.000Z"],
    ["*/15 * * * *", "2026-03-01T10:00:00Z", "2026-03-01T10:15:00.000Z"],
    ["0 9-17/2 * * mon-fri", "2026-03-06T17:30:00Z", "2026-03-09T09:00:00.000Z"],
    ["30 4 1,15 * *", "2026-03-01T05:00:00Z", "2026-03-15T04:30:00.000Z"],
    ["0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 13 * fri", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00.000Z"],
    ["0 0 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00.000Z"],
    ["@daily", "2026-03-01T10:00:00Z", "2026-03-02T00:00:00.000Z"],
    ["0 9 * * *", "2026-03-01T10:00:00Z", "2026-03-02T08:00:00.000Z", "Europe/Berlin"],
    ["0 9 * * *", "2026-07-01T10:00:00Z", "2026-07-02T07:00:00.000Z", "Europe/Berlin"],
    // 02:30 does not exist on that day in that zone.
    ["30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00.000Z", "Europe/Berlin"],
    ["15 5 * jan *", "2026-02-01T00:00:00Z", "2027-01-01T05:15:00.000Z"],
    ["0 0 * * *", "2026-03-01T10:00:00Z", "2026-03-01T18:30:00.000Z", "Asia/Kolkata"],
  ];
  for (const [line, from, expected, zone] of cases) {
    it(`${line} after ${from}${zone ? ` in ${zone}` : ""}`, () => assert.equal(next(line, from, zone), expected));
  }

  it("knows dates that never come", () => assert.equal(next("0 0 31 2 *", "2026-01-01T00:00:00Z"), undefined));

  for (const line of [
    "",
    "* * * *",
    "60 * * * *",
    "* * * * * *",
    "a * * * *",
    "5-1 * * * *",
    "*/0 * * * *",
    "1,, * * * *",
  ]) {
    it(`refuses '${line}'`, () => assert.throws(() => parseCron(line), /is not a cron line/));
  }
  it("refuses an unknown time zone", () =>
    assert.throws(() => next("* * * * *", "2026-01-01T00:00:00Z", "Mars/Base"), /time zone/));
});

describe("schedules", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await register(server, playbook("sched/one", { start: [] }));
  });
  after(() => server.close());

  it("start what is due, with its payload, and move on", async () => {
    const made = await server.ok("POST", "/api/schedules", {
      playbook_path: "sched/one",
      interval_seconds: 1,
      input_payload: { n: 1 },
    });
    const run = await until(async () => (await server.store.executions.list({ path: "sched/one" }))[0]);
    const detail = await server.ok("GET", `/api/executions/${run.execution_id}`);
    assert.deepEqual(detail.workload, { n: 1 });
    const shown = await until(async () => {
      const found = await server.ok("GET", `/api/schedules/${made.schedule_id}`);
      return found.last_status === null ? undefined : found;
    });
    assert.match(String(shown.last_status), /^started \d+$/);
    assert.ok(Date.parse(String(shown.next_run_at)) > Date.parse(String(made.next_run_at)));
    await server.ok("DELETE", `/api/schedules/${made.schedule_id}`);
    await testWorker(server).drain();
  });

  it("say what is wrong", async () => {
    const status = async (body: JsonObject) => (await server.call("POST", "/api/schedules", body)).status;
    assert.equal(await status({ playbook_path: "p" }), 422);
    assert.equal(await status({ playbook_path: "p", cron: "* * * * *", interval_seconds: 5 }), 422);
    assert.equal(await status({ playbook_path: "p", cron: "nonsense" }), 422);
    assert.equal((await server.call("GET", "/api/schedules/99")).status, 404);
  });
});
