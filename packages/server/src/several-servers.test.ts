import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect } from "@nats-io/transport-node";
import { type Bus, openNatsBus, openPostgresBus } from "@noetl/bus";
import { type JsonObject, snowflakes } from "@noetl/core";
import { fixedKeys, openPostgresStore, type Store } from "@noetl/store";
import { NATS_MISSING, startNats, type TestNats } from "../../../test/services/nats.ts";
import { startPostgres, type TestDatabase, type TestPostgres } from "../../../test/services/postgres.ts";
import { ended, execute, playbook, register, startServer, type TestServer, until } from "./testing/kit.ts";
import { testWorker } from "./testing/worker.ts";

let postgres: TestPostgres | undefined;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres?.stop());

/** Servers of one control plane, each with its own store and bus over the same services. */
async function plane(count: number, busOf: (database: TestDatabase) => Promise<Bus>, bus: "notify" | "broker") {
  const database = await postgres?.createDatabase();
  assert.ok(database);
  const keys = fixedKeys({ id: "test", bytes: new Uint8Array(32).fill(1) });
  const servers: TestServer[] = [];
  const closing: (() => Promise<void>)[] = [];
  const open = async (machine: number) => {
    const store: Store = await openPostgresStore({
      target: { url: database.url },
      keys,
      ids: snowflakes({ machine }),
      max: 8,
    });
    await store.migrate();
    const own = await busOf(database);
    const poll = { longestMs: 5_000, reserveMs: 200, recheckMs: 500 };
    const server = await startServer({ store, bus: own, machine, config: { shared: true, bus, poll } });
    servers.push(server);
    closing.push(async () => {
      await server.close();
      await own.close();
      await store.close();
    });
    return server;
  };
  for (let machine = 1; machine <= count; machine++) await open(machine);
  const close = async () => {
    for (const each of closing) await each();
  };
  const [one, two] = servers;
  assert.ok(one && two);
  return { one, two, close };
}

const fan = { start: ["a", "b", "c", "d"], a: ["end"], b: ["end"], c: ["end"], d: ["end"], end: [] };

describe("several servers on one PostgreSQL", () => {
  let both: Awaited<ReturnType<typeof plane>>;
  before(async () => {
    both = await plane(2, ({ url }) => openPostgresBus({ config: { connectionString: url } }), "notify");
    await register(both.one, playbook("several/fan", fan));
    const branches = { start: ["a", "b", "c", "d"], a: [], b: [], c: [], d: [] };
    await register(both.one, playbook("several/branches", branches));
  });
  after(() => both.close());

  it("register one path concurrently: versions 1 to 20", async () => {
    const text = playbook("several/versions", { start: [] });
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => register(index % 2 === 0 ? both.one : both.two, text)),
    );
    const versions = made.map(({ version }) => Number(version)).sort((a, b) => a - b);
    assert.deepEqual(
      versions,
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it("take reports of one run at the same time: exactly one terminal event, every step once", async () => {
    for (let round = 0; round < 5; round++) {
      const id = await execute(both.one, "several/branches");
      const worker = testWorker(both.two, `w${round}`);
      const first = await worker.next();
      assert.equal(first?.step, "start", "issued by one, found by a poll at the other");
      if (first) await worker.report(first, {});
      const hints: JsonObject[] = [];
      while (hints.length < 4) hints.push(...(await worker.poll({ max: 4 })));
      const claims = await Promise.all(hints.map((hint) => worker.claim(hint)));
      const commands = claims.filter((command) => command !== undefined);
      const answers = await Promise.all(
        commands.map((command, index) =>
          testWorker(index % 2 === 0 ? both.one : both.two, worker.id).report(command, { index }),
        ),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [202, 202, 202, 202],
      );
      for (const server of [both.one, both.two]) {
        const status = await ended(server, id);
        assert.deepEqual([status.status, (status.completed_steps as string[]).length], ["COMPLETED", 5]);
      }
      const types = (await both.one.store.log.load(id)).map((event) => event.type);
      assert.equal(types.filter((type) => type === "playbook.completed").length, 1);
      assert.equal(types.filter((type) => type === "step.exit").length, 5);
    }
  });

  it("join across servers", async () => {
    const id = await execute(both.two, "several/fan");
    const done = await Promise.all([testWorker(both.one, "x").drain(), testWorker(both.two, "y").drain()]);
    assert.deepEqual(done.flat().sort(), ["a", "b", "c", "d", "end", "start"]);
    assert.equal((await ended(both.one, id)).status, "COMPLETED");
  });

  it("see what the other did: cancel here, heartbeat and events there", async () => {
    const id = await execute(both.one, "several/fan");
    const worker = testWorker(both.one, "stopped");
    const command = await worker.next();
    assert.ok(command);
    await both.two.ok("POST", `/api/executions/${id}/cancel`, {});
    const beat = { worker_id: worker.id, fence: command.fence };
    assert.equal((await both.one.ok("POST", `/api/commands/${command.event_id}/heartbeat`, beat)).stop, true);
    const stream = await fetch(`${both.one.url}/api/executions/${id}/events/stream`);
    const reading = stream.text();
    await both.two.ok("POST", `/api/executions/${id}/cancel`, { force: true });
    assert.match(await reading, /event: execution\.cancelled\n/);
    assert.equal((await ended(both.one, id)).status, "CANCELLED");
  });

  it("one batch with one key, sent to both", async () => {
    const id = await execute(both.one, "several/fan");
    const command = await testWorker(both.one, "k").next();
    assert.ok(command);
    const payload = { command_id: command.event_id, result: { status: "success", context: { data: 1 } } };
    const batch = {
      execution_id: id,
      worker_id: "k",
      events: [
        { step: "start", name: "call.done", payload },
        { step: "start", name: "command.completed", payload: { command_id: command.event_id } },
      ],
    };
    const key = { "idempotency-key": "one-key" };
    const answers = await Promise.all(
      [both.one, both.two].map((server) => server.ok("POST", "/api/events/batch", batch, key)),
    );
    assert.deepEqual(answers[0]?.event_ids, answers[1]?.event_ids);
    assert.deepEqual(answers.map(({ duplicate }) => duplicate).sort(), [false, true]);
    const types = (await both.one.store.log.load(id)).map((event) => event.type);
    assert.equal(types.filter((type) => type === "call.done").length, 1);
    await both.one.ok("POST", `/api/executions/${id}/cancel`, { force: true });
  });

  it("keep a command of more than 512 KiB elsewhere and give it out whole", async () => {
    await register(
      both.one,
      `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: large, path: several/large}
workload: {text: ""}
workflow:
  - step: start
    tool: {kind: noop, args: {text: "{{ workload.text }}"}}
`,
    );
    const text = "x".repeat(600_000);
    const id = await execute(both.one, "several/large", { workload: { text } });
    const worker = testWorker(both.two, "large");
    const command = await worker.next();
    assert.ok(command);
    const row = await both.one.store.commands.get(command.event_id);
    assert.match(JSON.stringify(row?.body), /^\{"__context_ref__":"noetl:/);
    const context = (command.claim.command as JsonObject).context as JsonObject;
    assert.equal((context.workload as JsonObject).text, text);
    await worker.report(command, {});
    assert.equal((await ended(both.one, id)).status, "COMPLETED");
  });

  it("answer statements on the database", async () => {
    const answer = await both.one.ok("POST", "/api/postgres/execute", {
      query: "SELECT count(*) AS n FROM event",
      schema: "noetl",
    });
    assert.equal(answer.status, "ok");
    assert.deepEqual(answer.columns, ["n"]);
    const refused = await both.one.ok("POST", "/api/postgres/execute", { query: "DELETE FROM noetl.event" });
    assert.equal(refused.status, "error");
    assert.equal((await both.one.ok("GET", "/api/db/validate")).valid, true);
    const pool = await both.one.ok("GET", "/api/pool/status");
    assert.deepEqual([pool.pool_max, pool.status], [8, "ok"]);
  });
});

describe("publisher on NATS", () => {
  let nats: TestNats | undefined;
  before(async () => {
    nats = await startNats();
  });
  after(() => nats?.stop());

  it("tells of commands, directly and from the outbox", async (test) => {
    if (!nats) {
      console.warn(NATS_MISSING);
      test.skip(NATS_MISSING);
      return;
    }
    const { url } = nats;
    const both = await plane(2, () => openNatsBus({ url, fetchMs: 1_000 }), "broker");
    const listener = await openNatsBus({ url, fetchMs: 1_000 });
    const watching = await connect({ servers: url });
    try {
      const heard: string[] = [];
      await listener.subscribe(["shared"], async ({ hint }) => {
        heard.push(hint.event_id);
        return "ack";
      });
      await register(both.one, playbook("nats/one", { start: [] }));
      const id = await execute(both.one, "nats/one");
      const [row] = await both.one.store.commands.list({ execution_id: id });
      assert.ok(row);
      await until(async () => (heard.includes(row.event_id) ? true : undefined));
      await until(async () => {
        const { pending } = await both.one.store.outbox.depth();
        return pending === 0 ? true : undefined;
      });
      // As if the server had died between commit and publish: only the row is there.
      await both.one.store.query({
        text: `UPDATE noetl.outbox SET status = 'PENDING', available_at = now()`,
        write: true,
      });
      await until(async () => (heard.filter((each) => each === row.event_id).length >= 2 ? true : undefined));
      const fed: string[] = [];
      watching.subscribe("playbooks.executions.>", { callback: (_error, message) => void fed.push(message.string()) });
      await watching.flush();
      await testWorker(both.two).drain();
      assert.equal((await ended(both.two, id)).status, "COMPLETED");
      const last = await until(async () => fed.find((text) => text.includes("playbook.completed")));
      const { event_type, execution_id, step_name, status } = JSON.parse(last);
      assert.deepEqual([event_type, execution_id, step_name, status], ["playbook.completed", id, null, "COMPLETED"]);
    } finally {
      await watching.close();
      await listener.close();
      await both.close();
    }
  });
});
