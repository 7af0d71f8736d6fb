import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { ended, execute, playbook, register, startServer, type TestServer } from "../testing/kit.ts";

/** server-api Appendix A, byte for byte as the Rust worker sends it; E and V3 are filled in. */
const started = (E: string, V5: string, K: string) =>
  `{"execution_id":${E},"event_id":${V5},"event_type":"command.started","step":"start","status":"STARTED","context":{"command_id":"${K}"},"worker_id":"w-1","meta":{"attempts":1},"created_at":"2026-03-01T10:00:00.123Z"}`;
const done = (E: string, V6: string, K: string, data = '{"greeting":"hi x"}') =>
  `{"execution_id":${E},"event_id":${V6},"event_type":"call.done","step":"start","status":"COMPLETED","context":{"command_id":"${K}","call_index":0,"result":{"status":"success","context":{"data":${data}}}},"worker_id":"w-1","meta":{"attempts":1}}`;
const completed = (E: string, V7: string, K: string) =>
  `{"execution_id":${E},"event_id":${V7},"event_type":"command.completed","step":"start","status":"COMPLETED","context":{"command_id":"${K}","status":"success"},"worker_id":"w-1","meta":{"attempts":1}}`;

describe("a worker of an older make", () => {
  let server: TestServer;
  const ids = { next: () => server.server.context.ids.next() };
  before(async () => {
    server = await startServer();
    await server.ok("POST", "/api/worker/pool/register", {
      name: "w-1",
      component_type: "worker_pool",
      runtime: { kind: "rust", worker_public_key: "AAAA" },
      status: "ready",
      hostname: "h",
      labels: { pool_name: "shared" },
    });
  });
  after(() => server.close());

  async function claimed(path: string): Promise<{ E: string; V3: string; K: string; text: string; claim: JsonObject }> {
    await register(server, playbook(path, { start: [] }, "workload:\n  name: x\n"));
    const E = await execute(server, path, { workload: { name: "x" }, resource_kind: "playbook" });
    const [hint] = (
      await server.ok("POST", "/api/worker/pool/poll", { worker_id: "w-1", pool: "shared", max: 1, wait_ms: 2_000 })
    ).commands as JsonObject[];
    const V3 = String(hint?.event_id);
    const answer = await server.call("POST", `/api/commands/${V3}/claim`, { worker_id: "w-1" });
    assert.equal(answer.status, 200, answer.text);
    const claim = answer.body as JsonObject;
    return { E, V3, K: String((claim.meta as JsonObject).command_id), text: answer.text, claim };
  }

  it("an outcome that is said twice ends no command that its worker still holds", async () => {
    const { E, K } = await claimed("old/twice");
    const V6 = ids.next();
    for (let time = 0; time < 2; time++) await server.ok("POST", "/api/events", done(E, V6, K));
    await server.server.runs.ensure(E);
    const types = (await server.store.log.load(E)).map((event) => event.type);
    assert.ok(types.includes("call.done") && !types.includes("command.completed"), types.join(" "));
    await server.ok("POST", "/api/events", completed(E, ids.next(), K));
    assert.equal((await ended(server, E)).status, "COMPLETED");
  });

  it("an event of a command that is not there moves no other one of its step", async () => {
    const { E, K } = await claimed("old/other");
    const other = completed(E, ids.next(), "99").replace('"worker_id":"w-1"', '"worker_id":"w-2"');
    await server.call("POST", "/api/events", other);
    const types = (await server.store.log.load(E)).map((event) => event.type);
    assert.ok(!types.includes("command.completed"), types.join(" "));
    await server.ok("POST", "/api/events", completed(E, ids.next(), K));
    assert.equal((await ended(server, E)).status, "COMPLETED");
  });

  it("runs a step: claim, started, call.done, completed", async () => {
    const { E, V3, K, text, claim } = await claimed("old/hello");
    assert.match(text, new RegExp(`"execution_id":${E}[,}]`), "ids are integers");
    assert.match(text, new RegExp(`"event_id":${V3}[,}]`));
    for (const field of ["node_id", "node_name", "action"]) assert.equal(typeof claim[field], "string");
    const context = claim.context as JsonObject;
    assert.equal((context.tool_config as JsonObject).kind, "noop");
    const render = context.render_context as JsonObject;
    assert.equal(render.name, "x", "workload at the top level");
    assert.equal(render.execution_id, E);
    assert.equal((render.workload as JsonObject).name, "x");

    const [V5, V6, V7] = [ids.next(), ids.next(), ids.next()];
    for (const body of [started(E, V5, K), done(E, V6, K)]) {
      assert.equal((await server.ok("POST", "/api/events", body)).status, "ok");
    }
    assert.equal(
      (await server.ok("GET", `/api/executions/${E}/status`)).completed,
      false,
      "call.done does not advance",
    );
    const last = await server.call("POST", "/api/events", completed(E, V7, K));
    assert.match(last.text, new RegExp(`"event_id":${V7}[,}]`), "the producer's id, as an integer");
    const status = await ended(server, E);
    assert.deepEqual(
      [
        status.status,
        status.completed,
        status.failed,
        status.is_cancelled,
        status.current_step,
        status.completed_steps,
      ],
      ["COMPLETED", true, false, false, "start", ["start"]],
    );
    assert.deepEqual(await server.ok("GET", `/api/result/${E}/start`), { greeting: "hi x" });
  });

  it("may repeat every event: one row each, the same answer", async () => {
    const { E, K } = await claimed("old/repeat");
    const [V5, V6, V7] = [ids.next(), ids.next(), ids.next()];
    for (const body of [started(E, V5, K), done(E, V6, K), completed(E, V7, K)]) {
      for (let times = 0; times < 3; times++)
        assert.equal((await server.call("POST", "/api/events", body)).status, 200);
    }
    const { events } = await server.ok("GET", `/api/executions/${E}/events?order=asc`);
    const types = (events as JsonObject[]).map((event) => event.event_type);
    for (const type of ["command.started", "call.done", "command.completed", "playbook.completed"]) {
      assert.equal(types.filter((each) => each === type).length, 1, `${type} in ${types.join(" ")}`);
    }
  });

  it("fails a step with call.error and command.failed", async () => {
    const { E, K } = await claimed("old/failure");
    const site = { execution_id: E, step: "start", worker_id: "w-1", meta: { attempts: 1 } };
    await server.ok("POST", "/api/events", {
      ...site,
      event_type: "call.error",
      context: { command_id: K, error: "it broke" },
    });
    await server.ok("POST", "/api/events", {
      ...site,
      event_type: "command.failed",
      context: { command_id: K, error: "it broke" },
    });
    const status = await ended(server, E);
    assert.deepEqual([status.status, status.failed, status.failed_steps], ["FAILED", true, ["start"]]);
    assert.match(String(status.error), /it broke/);
  });

  it("fails a step by command.failed alone", async () => {
    const { E, K } = await claimed("old/failed-only");
    const event = {
      execution_id: E,
      name: "command.failed",
      node_name: "start",
      payload: { command_id: K, error: { message: "no" } },
    };
    await server.ok("POST", "/api/events", event);
    assert.equal((await ended(server, E)).status, "FAILED");
  });

  it("takes an error in the tool's envelope as one, never a word in the data", async () => {
    const good = await claimed("old/data-error");
    await server.ok("POST", "/api/events", done(good.E, ids.next(), good.K, '{"status":"error"}'));
    await server.ok("POST", "/api/events", completed(good.E, ids.next(), good.K));
    assert.equal((await ended(server, good.E)).status, "COMPLETED");
    const bad = await claimed("old/envelope-error");
    const context = {
      command_id: bad.K,
      call_index: 0,
      result: { status: "COMPLETED", context: { status: "error", data: null, error: "500" } },
    };
    await server.ok("POST", "/api/events", {
      execution_id: bad.E,
      event_type: "call.done",
      step: "start",
      context,
      worker_id: "w-1",
    });
    await server.ok("POST", "/api/events", completed(bad.E, ids.next(), bad.K));
    assert.equal((await ended(server, bad.E)).status, "FAILED");
  });

  it("keeps the lease by command.heartbeat, and is told to stop when the run is cancelled", async () => {
    const { E, K } = await claimed("old/heartbeat");
    const beat = {
      execution_id: E,
      name: "command.heartbeat",
      step: "start",
      worker_id: "w-1",
      payload: { command_id: K, worker_id: "w-1" },
    };
    const before = await server.store.commands.get(K);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await server.ok("POST", "/api/events", beat)).stop, false);
    const now = await server.store.commands.get(K);
    assert.ok((now?.lease_until ?? 0) > (before?.lease_until ?? 0));
    await server.ok("POST", `/api/executions/${E}/cancel`, { reason: "enough", cascade: true });
    await server.ok("POST", `/api/executions/${E}/cancel`, { force: true });
    assert.equal((await server.ok("POST", "/api/events", beat)).stop, true);
  });

  it("sends a Python batch: informational events are taken, the same key is a duplicate", async () => {
    const { E, K } = await claimed("old/batch");
    const result = { status: "COMPLETED", context: { status: "success", data: { n: 1 } } };
    const batch = {
      execution_id: E,
      worker_id: "w-1",
      events: [
        {
          step: "start",
          name: "call.done",
          payload: { command_id: K, call_index: 0, result },
          actionable: true,
          informative: true,
          meta: {},
        },
        {
          step: "start",
          name: "step.exit",
          payload: { status: "COMPLETED", result },
          actionable: false,
          informative: true,
          meta: {},
        },
        { step: "start", name: "command.completed", payload: { command_id: K, worker_id: "w-1" }, meta: {} },
      ],
    };
    const send = () =>
      server.call("POST", "/api/events/batch", batch, { "Idempotency-Key": `${K}:1:command.completed` });
    const first = await send();
    assert.equal(first.status, 202, first.text);
    const one = first.body as JsonObject;
    assert.deepEqual([one.status, one.duplicate, (one.event_ids as string[]).length], ["accepted", false, 3]);
    const two = (await send()).body as JsonObject;
    assert.deepEqual([two.duplicate, two.event_ids], [true, one.event_ids]);
    assert.equal((await ended(server, E)).status, "COMPLETED");
    assert.equal((await server.ok("GET", `/api/events/batch/${one.request_id}/status`)).state, "completed");
  });

  it("cannot claim by event what another worker holds", async () => {
    const { E, K } = await claimed("old/claimed-event");
    const event = (worker_id: string) => ({
      execution_id: E,
      event_type: "command.claimed",
      step: "start",
      worker_id,
      context: { command_id: K },
    });
    assert.equal((await server.call("POST", "/api/events", event("w-2"))).status, 409);
    const own = await server.ok("POST", "/api/events", event("w-1"));
    assert.deepEqual([own.status, own.event_id], ["ok", 0]);
  });

  it("is refused what is too much, and what belongs to no execution", async () => {
    const events = Array.from({ length: 257 }, () => ({ step: "start", name: "step.exit", payload: {} }));
    assert.equal((await server.call("POST", "/api/events/batch", { execution_id: 1, events })).status, 422);
    const large = {
      execution_id: 1,
      events: [{ step: "s", name: "step.exit", payload: { text: "x".repeat(2 << 20) } }],
    };
    assert.equal((await server.call("POST", "/api/events/batch", large)).status, 413);
    assert.equal(
      (await server.call("POST", "/api/events", { execution_id: 12345, name: "call.done", step: "s" })).status,
      404,
    );
    assert.equal((await server.call("POST", "/api/events", { execution_id: 12345 })).status, 422);
  });
});
