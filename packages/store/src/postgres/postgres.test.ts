import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@noetl/core";
import pg from "pg";
import { startPostgres, type TestPostgres } from "../../../../test/services/postgres.ts";
import { completed, enter, run, stamper, testIds } from "../contract/world.ts";
import { fixedKeys } from "../secrets/keys.ts";
import { openPostgresStore } from "./open.ts";
import { postgresTarget } from "./target.ts";

let server: TestPostgres | undefined;
before(async () => {
  server = await startPostgres();
});
after(() => server?.stop());

const keys = fixedKeys({ id: "test", bytes: new Uint8Array(32).fill(1) });
const database = async () => {
  assert.ok(server);
  return (await server.createDatabase()).url;
};
const sqlOn = async (url: string, text: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
};

test("several servers that start at once migrate once", async () => {
  const url = await database();
  const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore({ target: { url }, keys })));
  await Promise.all(stores.map((store) => store.migrate()));
  await stores[0]?.migrate();
  const { rows } = await sqlOn(url, "SELECT version FROM noetl.schema_migration ORDER BY version");
  assert.deepEqual(
    rows.map((row) => row.version),
    [1, 2, 3, 4],
  );
  await Promise.all(stores.map((store) => store.close()));
});

test("a schema of an older NoETL, partitioned and with data, is adopted", async () => {
  const url = await database();
  await sqlOn(
    url,
    `CREATE SCHEMA noetl;
     CREATE TABLE noetl.resource (name varchar PRIMARY KEY, meta jsonb);
     INSERT INTO noetl.resource VALUES ('playbook', '{}');
     CREATE TABLE noetl.catalog (catalog_id bigint PRIMARY KEY, path text NOT NULL, version smallint NOT NULL,
       kind varchar NOT NULL REFERENCES noetl.resource(name), content text, layout jsonb, payload jsonb, meta jsonb,
       created_at timestamp NOT NULL DEFAULT now(), UNIQUE (path, version));
     INSERT INTO noetl.catalog VALUES (7, 'old/path', 1, 'playbook', 'text', NULL, '{"a": 1}', NULL, '2026-01-02 03:04:05.678');
     CREATE TABLE noetl.event (execution_id bigint NOT NULL, event_id bigint NOT NULL,
       catalog_id bigint NOT NULL REFERENCES noetl.catalog(catalog_id), event_type varchar, node_id varchar, node_name varchar,
       status varchar, context jsonb, result jsonb, meta jsonb, worker_id varchar, created_at timestamp NOT NULL DEFAULT now(),
       PRIMARY KEY (execution_id, event_id)) PARTITION BY RANGE (execution_id);
     CREATE TABLE noetl.event_default PARTITION OF noetl.event DEFAULT;
     INSERT INTO noetl.event (execution_id, event_id, catalog_id, event_type)
       VALUES (1, 1, 7, 'playbook.completed'), (1, 2, 7, 'playbook.completed');
     CREATE TABLE noetl.command (command_id bigint NOT NULL, event_id bigint NOT NULL, execution_id bigint NOT NULL,
       catalog_id bigint NOT NULL, step_name text NOT NULL, tool_kind text, status text NOT NULL DEFAULT 'PENDING', worker_id text,
       claimed_at timestamptz, started_at timestamptz, completed_at timestamptz, attempt int NOT NULL DEFAULT 1, meta jsonb,
       created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (execution_id, command_id)) PARTITION BY HASH (execution_id);
     CREATE TABLE noetl.command_p00 PARTITION OF noetl.command FOR VALUES WITH (MODULUS 1, REMAINDER 0);
     CREATE TABLE noetl.execution (execution_id bigint PRIMARY KEY, catalog_id bigint NOT NULL REFERENCES noetl.catalog(catalog_id),
       parent_execution_id bigint, status varchar NOT NULL, last_event_type varchar, start_time timestamptz, end_time timestamptz,
       error text, state jsonb, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
     INSERT INTO noetl.execution (execution_id, catalog_id, status, start_time) VALUES (1, 7, 'COMPLETED', now());
     CREATE TABLE noetl.outbox (outbox_id bigserial PRIMARY KEY, execution_id bigint, event_id bigint NOT NULL, subject text,
       payload jsonb NOT NULL, payload_codec text NOT NULL DEFAULT 'arrow-feather', status text NOT NULL DEFAULT 'PENDING',
       attempts int NOT NULL DEFAULT 0, available_at timestamptz NOT NULL DEFAULT now(), locked_at timestamptz,
       published_at timestamptz, last_error text, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
       UNIQUE (execution_id, event_id));`,
  );
  const store = await openPostgresStore({ target: { url }, keys });
  await store.migrate();
  const old = await store.catalog.get({ path: "old/path" });
  assert.deepEqual(
    [old?.catalog_id, old?.payload, old?.created_at],
    ["7", { a: 1 }, Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
  );
  assert.equal((await store.executions.get("1"))?.status, "COMPLETED");
  assert.deepEqual(await store.log.load("1"), []);

  const ids = testIds();
  const summary = run(ids, systemClock);
  const { execution_id } = summary;
  await store.executions.create(summary, "text");
  const stamp = stamper(ids, systemClock, execution_id);
  const events = [stamp(enter("s")), stamp(completed("s")), stamp({ type: "playbook.completed", result: { data: 1 } })];
  const event_id = events[0]?.event_id ?? "";
  const outbox = ["noetl.events.a", "noetl.commands"].map((subject) => ({ event_id, subject, payload: {} }));
  await store.log.append({ execution_id, expectedSeq: 0, events, outbox });
  assert.deepEqual(await store.log.load(execution_id), events);
  assert.equal((await store.outbox.take(10)).length, 2);
  assert.equal((await store.executions.list()).length, 2);
  await store.close();
});

test("every server that lost its connections goes on with new ones", async () => {
  const url = await database();
  const store = await openPostgresStore({ target: { url }, keys });
  await store.migrate();
  await store.executions.list();
  await sqlOn(
    url,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'noetl' AND datname = current_database()",
  );
  const retry = async () => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await store.executions.list();
      } catch (error) {
        assert.equal((error as { meaning?: string }).meaning, "unavailable");
        assert.ok(attempt < 20);
      }
    }
  };
  assert.deepEqual(await retry(), []);
  await store.close();
});

test("two servers appending to one run: one wins each round, nothing is lost or doubled", async () => {
  const url = await database();
  const ids = testIds();
  const stores = await Promise.all([1, 2].map(() => openPostgresStore({ target: { url }, keys })));
  await stores[0]?.migrate();
  const summary = run(ids, systemClock);
  const { execution_id } = summary;
  await stores[0]?.executions.create(summary, "text");
  const write = async (store: (typeof stores)[number], name: string) => {
    let won = 0;
    let seq = 0;
    while (won < 20) {
      const event = stamper(ids, systemClock, execution_id, seq)(enter(name));
      try {
        ({ seq } = await store.log.append({ execution_id, expectedSeq: seq, events: [event] }));
        won += 1;
      } catch (error) {
        assert.equal((error as { code?: string }).code, "LOG_MOVED");
        seq = (await store.log.load(execution_id)).length;
      }
    }
  };
  await Promise.all(stores.map((store, index) => write(store, `s${index}`)));
  const events = (await stores[0]?.log.load(execution_id)) ?? [];
  assert.deepEqual(
    events.map((event) => event.seq),
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  await Promise.all(stores.map((store) => store.close()));
});

test("the end of a command and a claim do not read the open commands of other runs", async () => {
  const url = await database();
  const ids = testIds();
  const store = await openPostgresStore({ target: { url }, keys, max: 1 });
  await store.migrate();
  const begin = async (count: number) => {
    const summary = run(ids, systemClock);
    const { execution_id } = summary;
    await store.executions.create(summary, "text");
    const stamp = stamper(ids, systemClock, execution_id);
    const commands = Array.from({ length: count }, (_, index) => ({
      event_id: ids.next(),
      command_id: `s#${index}`,
      step: "s",
      kind: "noop",
      pool: "p",
      attempt: 1,
      body: {},
    }));
    await store.log.append({ execution_id, expectedSeq: 0, events: [stamp(enter("s"))], commands });
    return { execution_id, stamp, event_id: commands[0]?.event_id ?? "" };
  };
  const work = async () => {
    const { execution_id, stamp, event_id } = await begin(1);
    const claim = await store.commands.claim({
      event_id,
      worker_id: "w",
      lease_ms: 1_000,
      claimed_event_id: ids.next(),
    });
    assert.equal(claim.outcome, "claimed");
    const events = [stamp(completed("s", "s#0")), stamp({ type: "playbook.completed", result: { data: 1 } })];
    await store.log.append({ execution_id, expectedSeq: 1, events });
    assert.equal((await store.commands.get(event_id))?.status, "COMPLETED");
  };
  // Plans are made while the tables are small, and kept.
  for (let time = 0; time < 10; time++) await work();
  await begin(2_000);
  for (let time = 0; time < 10; time++) await work();
  // A connection that ends tells what it has counted.
  await store.close();
  const read = async () => {
    const { rows } = await sqlOn(
      url,
      "SELECT sum(idx_tup_read)::int AS read FROM pg_stat_user_indexes WHERE relname = 'command' AND idx_scan > 0",
    );
    return Number(rows[0]?.read);
  };
  let tuples = await read();
  for (let wait = 0; wait < 100 && tuples === 0; wait++) {
    await systemClock.sleep(20);
    tuples = await read();
  }
  assert.ok(tuples > 0 && tuples < 500, `${tuples} entries were read`);
});

test("without a key the store does not open; errors say what they mean", async () => {
  await assert.rejects(openPostgresStore({ target: { url: "postgres://x" }, env: {} }), { code: "E_ENCRYPTION_KEY" });
  const url = await database();
  const away = await openPostgresStore({ target: { url: "postgres://u:p@127.0.0.1:1/x" }, keys });
  await assert.rejects(away.migrate(), { meaning: "unavailable" });
  await away.close();
  const nowhere = await openPostgresStore({ target: { url: url.replace(/\/[^/]+$/, "/no_such_database") }, keys });
  await assert.rejects(nowhere.migrate(), { code: "STORE_NO_DATABASE" });
  await nowhere.close();
  const stranger = await openPostgresStore({ target: { url: url.replace(/:\/\/[^@]+@/, "://stranger:wrong@") }, keys });
  await assert.rejects(stranger.migrate(), { meaning: "auth" });
  await stranger.close();
  const small = await openPostgresStore({ target: { url }, keys, max: 1 });
  await small.migrate();
  const nul = small.variables.put("1", [{ name: "a", value: "\u0000" }]);
  await assert.rejects(nul, { meaning: "validation" });
  await assert.rejects(small.executions.get("9223372036854775808"), { meaning: "validation", code: "E_NUMBER" });
  assert.equal(await small.credentials.get("9999999999999999999"), undefined, "a name, not an id");
  await small.close();
  await assert.rejects(small.executions.list(), { code: "STORE_CLOSED" });
});

test("the environment says which database", () => {
  assert.equal(postgresTarget({}), undefined);
  assert.deepEqual(postgresTarget({ NOETL_DATABASE_URL: "postgres://a", POSTGRES_HOST: "b" }), { url: "postgres://a" });
  assert.deepEqual(
    postgresTarget({ POSTGRES_HOST: "h", POSTGRES_USER: "u", POSTGRES_PASSWORD: "p", POSTGRES_DB: "d" }),
    {
      host: "h",
      port: 5432,
      user: "u",
      password: "p",
      database: "d",
    },
  );
});
