import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isObject, type JsonObject } from "@noetl/core";
import { ended, execute, playbook, register, startServer, type TestServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

/** Long enough for a busy machine to report within it. */
const LEASE = 400;
const claim = { leaseMs: LEASE, retryAfterSeconds: 2, staleMs: LEASE, hardMs: 1_800_000, maxClaims: 3 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("claims", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ config: { claim, poll: { longestMs: 5_000, reserveMs: 30, recheckMs: 25 } } });
    await register(server, playbook("claims/one", { start: [] }));
  });
  after(() => server.close());

  it("give a command to exactly one of two workers", async () => {
    await execute(server, "claims/one");
    const [hint] = await testWorker(server).poll();
    const path = `/api/commands/${hint?.event_id}/claim`;
    const answers = await Promise.all(["a", "b"].map((worker_id) => server.call("POST", path, { worker_id })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const lost = answers.find(({ status }) => status === 409);
    assert.ok(isObject(lost?.body) && isObject(lost.body.detail));
    assert.equal(lost.body.detail.code, "active_claim");
    assert.ok(["a", "b"].includes(String(lost.body.detail.worker_id)));
    assert.equal(lost.headers.get("retry-after"), "2");
    const winner = answers[0]?.status === 200 ? "a" : "b";
    assert.equal((await server.call("POST", path, { worker_id: winner })).status, 200, "the same worker may ask again");
    const worker = testWorker(server, winner);
    const mine = await worker.claim(hint ?? {});
    if (mine) await worker.report(mine, {});
  });

  it("are refused for what is over and what never was", async () => {
    const worker = testWorker(server, "w-over");
    await execute(server, "claims/one");
    const command = await next(worker);
    assert.equal((await worker.report(command, {})).status, 202);
    const again = await server.call("POST", `/api/commands/${command.event_id}/claim`, { worker_id: "late" });
    assert.equal(again.status, 409);
    assert.equal(((again.body as JsonObject).detail as JsonObject).code, "already_terminal");
    assert.equal((await server.call("POST", "/api/commands/424242/claim", { worker_id: "x" })).status, 404);
  });

  it("pass to another worker when the lease lapses; the first one is fenced", async () => {
    const [first, second] = [testWorker(server, "first"), testWorker(server, "second")];
    const id = await execute(server, "claims/one");
    const lost = await next(first);
    await sleep(LEASE + 20);
    const taken = await next(second);
    assert.equal(taken.event_id, lost.event_id);
    assert.deepEqual([taken.claim.reclaimed, taken.claim.reclaimed_from_worker], [true, "first"]);
    assert.ok(taken.fence > lost.fence);
    const late = await first.report(lost, { from: "first" });
    assert.equal(late.status, 409, late.text);
    assert.equal((await second.report(taken, { from: "second" })).status, 202);
    assert.equal((await ended(server, id)).status, "COMPLETED");
    assert.deepEqual(await server.ok("GET", `/api/result/${id}/start`), { from: "second" });
    assert.equal((await first.report(lost, { from: "first" })).status, 409, "also after the end");
  });

  it("are held by heartbeats, and given back by release", async () => {
    const worker = testWorker(server, "beating");
    const id = await execute(server, "claims/one");
    const command = await next(worker);
    const beat = { worker_id: worker.id, fence: command.fence };
    for (let times = 0; times < 4; times++) {
      await sleep(LEASE / 3);
      const answer = await server.ok("POST", `/api/commands/${command.event_id}/heartbeat`, beat);
      assert.deepEqual([answer.held, answer.stop], [true, false]);
    }
    assert.equal(
      (await server.call("POST", `/api/commands/${command.event_id}/claim`, { worker_id: "thief" })).status,
      409,
    );
    assert.equal((await server.ok("POST", `/api/commands/${command.event_id}/release`, beat)).released, true);
    const again = await next(testWorker(server, "heir"));
    assert.equal(again.event_id, command.event_id);
    assert.equal((await server.ok("POST", `/api/commands/${command.event_id}/heartbeat`, beat)).held, false);
    await testWorker(server, "heir").report(again, {});
    assert.equal((await ended(server, id)).status, "COMPLETED");
  });

  it("of a healthy worker outlive the lease", async () => {
    const long = testWorker(server, "healthy");
    await server.ok("POST", "/api/worker/pool/register", { name: "healthy", status: "ready" });
    await execute(server, "claims/one");
    const command = await next(long);
    await sleep(LEASE + 20);
    await server.ok("POST", "/api/worker/pool/heartbeat", { name: "healthy" });
    const other = await server.call("POST", `/api/commands/${command.event_id}/claim`, { worker_id: "other" });
    assert.equal(other.status, 409);
    assert.equal(((other.body as JsonObject).detail as JsonObject).claim_policy, "healthy_worker");
    await long.report(command, {});
  });

  it("are given up after three lost workers and three issues: the step fails with WORKER_LOST", async () => {
    const id = await execute(server, "claims/one");
    for (let round = 0; round < 40; round++) {
      const worker = testWorker(server, `doomed-${round}`);
      const [hint] = await worker.poll({ wait_ms: 1_000 });
      if (!hint) break;
      await server.call("POST", `/api/commands/${hint.event_id}/claim`, { worker_id: worker.id });
      await sleep(LEASE + 5);
    }
    const status = await ended(server, id);
    assert.equal(status.status, "FAILED");
    assert.equal((status.error_detail as JsonObject).code ?? "", "WORKER_LOST");
  });
});

async function next(worker: ReturnType<typeof testWorker>) {
  for (let tries = 0; tries < 20; tries++) {
    const command = await worker.next();
    if (command) return command;
  }
  throw new Error("no command came");
}
