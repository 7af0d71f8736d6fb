import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { startPostgres, type TestDatabase, type TestPostgres } from "../../../../test/services/postgres.ts";
import { createResources } from "../resources.ts";
import { testHost } from "../testing/call.ts";
import { credential, dataOf, doneOf } from "../testing/outcome.ts";
import type { ToolCall } from "../tool.ts";
import { postgresTool } from "./tool.ts";

let server: TestPostgres;
let database: TestDatabase;
const resources = createResources();

before(async () => {
  server = await startPostgres();
  database = await server.createDatabase();
});
after(async () => {
  await resources.close();
  await server.stop();
});

interface More extends Partial<Pick<ToolCall, "timeout" | "signal">> {
  processEnv?: Record<string, string>;
}
const call = (config: JsonObject, { processEnv = {}, ...rest }: More = {}) => {
  const { host, port, user, password } = database;
  const secret = {
    db_host: host,
    db_port: String(port),
    db_user: user,
    db_password: password,
    db_name: database.database,
  };
  return testHost({ resources, processEnv }).call(config, { auth: credential("postgres", secret), ...rest });
};
const bare = testHost({ resources }).call;
const run = (config: JsonObject, more: More = {}) => doneOf(postgresTool.execute(call(config, more)));
const data = (config: JsonObject, more: More = {}) => dataOf(postgresTool.execute(call(config, more)));
const query = async (command: string) => (await data({ command })).rows;

test("several statements run in order, the last one is the result, each has a member", async () => {
  const result = await data({
    command: `CREATE TABLE people (id int PRIMARY KEY, name text); -- first; table
      INSERT INTO people VALUES (1, 'a;b'), (2, 'c');
      SELECT count(*) AS n FROM people;`,
  });
  assert.deepEqual([result.columns, result.rows, result.row_count, result.statement_count], [["n"], [{ n: 2 }], 1, 3]);
  const [second, third] = [result.command_1, result.command_2] as JsonObject[];
  assert.equal(second?.row_count, 2);
  assert.deepEqual(third?.rows, [{ n: 2 }]);
  assert.equal(((await data({ command: "SELECT 7 AS x" })) as { command_0: JsonObject }).command_0.status, "success");
});

test("RETURNING gives rows, a change without it gives affected_rows", async () => {
  await data({ command: "CREATE TABLE ret (id serial, v text)" });
  assert.deepEqual((await data({ command: "INSERT INTO ret (v) VALUES ('x') RETURNING id, v" })).rows, [
    { id: 1, v: "x" },
  ]);
  const changed = await data({ command: "UPDATE ret SET v = 'y'" });
  assert.deepEqual([changed.affected_rows, changed.rows, changed.row_count], [1, [], 0]);
});

test("values arrive as the types that the language promises", async () => {
  const [row] =
    (await query(`SELECT 1::int2 AS a, 9007199254740991::int8 AS b, 9007199254740993::int8 AS c, 1.10::numeric AS d, 0.5::float4 AS e,
    'NaN'::float8 AS f, true AS g, NULL::int AS h, DATE '2024-01-31' AS i, TIMESTAMP '2024-01-31 10:00' AS j,
    TIMESTAMPTZ '2024-01-31 10:00:00.000001+02' AS k, '{"n": 9007199254740993, "a": [1]}'::jsonb AS l, ARRAY[1,NULL,2] AS m,
    ARRAY['a,b','c"'] AS n, '\\xdeadbeef'::bytea AS o, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS p, '1 day 02:00'::interval AS q,
    '10.0.0.1'::inet AS r, '[1,5)'::int4range AS s, ARRAY['{"a":1}'::jsonb] AS t, ARRAY[[1.5],[2.5]]::numeric[] AS u`)) as JsonObject[];
  assert.deepEqual(row, {
    a: 1,
    b: 9007199254740991,
    c: "9007199254740993",
    d: "1.10",
    e: 0.5,
    f: "NaN",
    g: true,
    h: null,
    i: "2024-01-31",
    j: "2024-01-31T10:00:00",
    k: "2024-01-31T08:00:00.000001+00:00",
    l: { a: [1], n: "9007199254740993" },
    m: [1, null, 2],
    n: ["a,b", 'c"'],
    o: "3q2+7w==",
    p: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    q: "1 day 02:00:00",
    r: "10.0.0.1",
    s: "[1,5)",
    t: [{ a: 1 }],
    u: [["1.5"], ["2.5"]],
  });
});

test("cli.md §8 #27: parameters are bound by the type the server infers: lists as arrays or as JSON", async () => {
  const result = await data({
    command:
      "SELECT $1::int + 1 AS i, $2::text[] AS a, $3::jsonb AS j, $4::jsonb AS o, $5::timestamptz AS t, $6 || '!' AS s, $7::bool AS b",
    params: [41, ["x,y", null, 'q"'], [1, { a: 2 }], { k: [true] }, "2024-01-01T00:00:00Z", "it's", false],
  });
  assert.deepEqual(result.rows, [
    {
      i: 42,
      a: ["x,y", null, 'q"'],
      j: [1, { a: 2 }],
      o: { k: [true] },
      t: "2024-01-01T00:00:00+00:00",
      s: "it's!",
      b: false,
    },
  ]);
  const named = await data({
    query: "",
    command: "SELECT :a::int AS a, %(b)s::text AS b, :a::int AS c",
    params: { a: 5, b: "x'; DROP TABLE people" },
  });
  assert.deepEqual(named.rows, [{ a: 5, b: "x'; DROP TABLE people", c: 5 }]);
  await data({ command: "CREATE TABLE narrow (a int2, b jsonb); " });
  await data({ command: "INSERT INTO narrow VALUES ($1, $2)", params: [3, [1, 2]] });
  assert.deepEqual(await query("SELECT * FROM narrow"), [{ a: 3, b: [1, 2] }]);
});

test("parameters go with exactly one statement, and every name needs a value", async () => {
  for (const [config, message] of [
    [{ command: "SELECT $1; SELECT 2", params: [1] }, /one statement, but there are 2/],
    [{ command: "SELECT :a, :b", params: { a: 1 } }, /no value for parameter :b/],
    [{ command: " -- nothing" }, /no SQL/],
    [{ command: "COPY people FROM STDIN" }, /data stream/],
  ] as [JsonObject, RegExp][]) {
    const { status, error } = await run(config);
    assert.deepEqual([status, error?.kind, error?.code], ["error", "configuration", "CONFIG_INVALID"]);
    assert.match(error?.message ?? "", message);
  }
});

test("the first error stops, what came before is kept and known", async () => {
  const {
    status,
    error,
    data: partial,
    pg,
  } = await run({
    command:
      "CREATE TABLE stop (id int PRIMARY KEY); INSERT INTO stop VALUES (1); INSERT INTO stop VALUES (1); INSERT INTO stop VALUES (2)",
  });
  assert.deepEqual(
    [status, error?.kind, error?.code, error?.retryable, pg],
    ["error", "db_constraint", "PG_23505", false, { code: "23505", sqlstate: "23505" }],
  );
  assert.match(error?.message ?? "", /^statement 3: duplicate key/);
  assert.equal((partial as JsonObject).statement_count, 2);
  assert.deepEqual(await query("SELECT id FROM stop"), [{ id: 1 }]);
});

test("on_error: continue runs the rest and lists the errors; transaction: true is all or nothing", async () => {
  const going = await data({
    command: "CREATE TABLE going (id int PRIMARY KEY); INSERT INTO going VALUES ('x'); INSERT INTO going VALUES (2)",
    on_error: "continue",
  });
  assert.equal((going.errors as JsonObject[])[0]?.code, "PG_22P02");
  assert.equal((going.errors as JsonObject[])[0]?.statement, 1);
  assert.deepEqual(await query("SELECT id FROM going"), [{ id: 2 }]);
  const failed = await run({
    command: "INSERT INTO going VALUES (3); INSERT INTO going VALUES (3)",
    transaction: true,
  });
  assert.equal(failed.error?.code, "PG_23505");
  assert.deepEqual(await query("SELECT id FROM going"), [{ id: 2 }]);
  await data({ command: "INSERT INTO going VALUES (3); INSERT INTO going VALUES (4)", transaction: true });
  assert.deepEqual(await query("SELECT count(*) AS n FROM going"), [{ n: 3 }]);
});

test("the author's own transaction works, an open one is an error and rolled back", async () => {
  await data({ command: "CREATE TABLE own (id int); BEGIN; INSERT INTO own VALUES (1); COMMIT" });
  const { error } = await run({ command: "BEGIN; INSERT INTO own VALUES (2)" });
  assert.equal(error?.code, "TRANSACTION_OPEN");
  assert.deepEqual(await query("SELECT id FROM own"), [{ id: 1 }]);
});

test("a step leaves nothing behind in the connection that the next one gets", async () => {
  const pool = { name: "reset", max_size: 1 };
  await data({
    command:
      "SET search_path TO pg_catalog; SET TIME ZONE 'Asia/Tokyo'; SET DateStyle TO 'German'; CREATE TEMP TABLE left_over (a int); SELECT pg_advisory_lock(42)",
    pool,
  });
  const result = await data({
    command:
      "SELECT to_regclass('left_over') AS t, (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks, DATE '2024-01-31' AS d, current_schema AS s",
    pool,
  });
  assert.deepEqual(result.rows, [{ t: null, locks: 0, d: "2024-01-31", s: "public" }]);
});

test("schema puts a schema first in the search path", async () => {
  await data({ command: 'CREATE SCHEMA "odd ""name"; CREATE TABLE "odd ""name".inside AS SELECT 5 AS five' });
  assert.deepEqual((await data({ command: "SELECT * FROM inside", schema: 'odd "name' })).rows, [{ five: 5 }]);
  assert.equal((await run({ command: "SELECT * FROM inside" })).error?.code, "PG_42P01");
});

test("rows as lists, repeated names as keys of their own", async () => {
  assert.deepEqual((await data({ command: "SELECT 1 AS id, 2 AS id", as_objects: "false" })).rows, [[1, 2]]);
  assert.deepEqual((await data({ command: "SELECT 1 AS id, 2 AS id" })).rows, [{ id: 1, id_2: 2 }]);
});

test("more rows than allowed is an error, or cut when the author says so", async () => {
  const command = "SELECT generate_series(1, 50000000) AS n";
  const { error } = await run({ command });
  assert.deepEqual([error?.kind, error?.code, error?.retryable], ["limit", "TOO_MANY_ROWS", false]);
  const cut = await data({ command: "SELECT generate_series(1, 100) AS n", max_rows: 3, on_overflow: "truncate" });
  assert.deepEqual([cut.rows, cut.truncated], [[{ n: 1 }, { n: 2 }, { n: 3 }], true]);
  assert.equal((await data({ command: "SELECT generate_series(1, 10001) AS n", max_rows: 0 })).row_count, 10_001);
  const bytes = await run(
    { command: "SELECT repeat('x', 1000) FROM generate_series(1, 10)" },
    { processEnv: { NOETL_POSTGRES_MAX_RESULT_BYTES: "5000" } },
  );
  assert.match(bytes.error?.message ?? "", /more than 5000 bytes/);
});

const running = async () =>
  (await query(
    "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()",
  )) as { n: number }[];

test("a time-out and a cancellation end the statement on the server too", async () => {
  const late = await run({ command: "SELECT pg_sleep(30)" }, { timeout: { total: 200 } });
  assert.deepEqual([late.status, late.error?.kind, late.error?.code], ["timeout", "timeout", "TOOL_TIMEOUT"]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 150);
  const stopped = await run({ command: "SELECT pg_sleep(30)" }, { signal: controller.signal });
  assert.deepEqual([stopped.status, stopped.error?.kind], ["error", "cancelled"]);
  // The server hears of it a moment later; of itself a statement would take half a minute.
  for (const end = Date.now() + 10_000; Date.now() < end && (await running())[0]?.n !== 0; )
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(await running(), [{ n: 0 }]);
  assert.deepEqual(await query("SELECT 1 AS still_fine"), [{ still_fine: 1 }]);
});

test("waiting for the pool ends with db_connection, and is limited", async () => {
  const pool = { name: "small", max_size: 1, timeout: 0.2, max_waiting: 1 };
  const slow = run({ command: "SELECT pg_sleep(0.8)", pool });
  const [second, third] = await Promise.all([run({ command: "SELECT 1", pool }), run({ command: "SELECT 1", pool })]);
  for (const outcome of [second, third]) {
    assert.deepEqual(
      [outcome?.error?.kind, outcome?.error?.code, outcome?.error?.retryable],
      ["db_connection", "POOL_EXHAUSTED", true],
    );
  }
  assert.equal((await slow).status, "ok");
});

test("connections are reused, and a killed one is replaced for a read", async () => {
  const pool = { name: "reuse", max_size: 1 };
  const pid = async () =>
    ((await data({ command: "SELECT pg_backend_pid() AS pid", pool })).rows as { pid: number }[])[0]?.pid;
  const first = await pid();
  assert.equal(await pid(), first);
  const sleeping = data({ command: "SELECT pg_backend_pid() AS pid, pg_sleep(0.4)", pool });
  await new Promise((resolve) => setTimeout(resolve, 150));
  await query(`SELECT pg_terminate_backend(${first})`);
  const rows = (await sleeping).rows as { pid: number }[];
  assert.notEqual(rows[0]?.pid, first);
  const writing = run({ command: "CREATE TABLE killed AS SELECT 1 AS a FROM pg_sleep(5)", pool });
  await new Promise((resolve) => setTimeout(resolve, 250));
  await query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE killed%' AND pid <> pg_backend_pid()",
  );
  const lost = await writing;
  assert.deepEqual([lost.error?.kind, lost.error?.code], ["db_connection", "PG_57P01"]);
});

test("what goes wrong before the first statement says so", async () => {
  const nowhere = await doneOf(postgresTool.execute(bare({ command: "SELECT 1" })));
  assert.deepEqual([nowhere.error?.kind, nowhere.error?.code], ["auth", "AUTH_MISSING"]);
  assert.match(nowhere.error?.recovery ?? "", /auth:/);
  const wrong = await run({ command: "SELECT 1", password: "wrong-password" });
  assert.deepEqual([wrong.error?.kind, wrong.error?.code, wrong.error?.retryable], ["auth", "PG_28P01", false]);
  const missing = await doneOf(
    postgresTool.execute(bare({ command: "SELECT 1", host: "127.0.0.1", port: server.port, user: "noetl" })),
  );
  assert.equal(missing.error?.kind, "auth");
  const refused = await run({ command: "SELECT 1", port: 1 });
  assert.deepEqual(
    [refused.error?.kind, refused.error?.code, refused.error?.retryable],
    ["connection", "CONN_REFUSED", true],
  );
  assert.match(refused.error?.message ?? "", /^127\.0\.0\.1:1: /);
  const unknown = await run({ command: "SELECT 1", host: "no-such-host.invalid" });
  assert.equal(unknown.error?.code, "CONN_DNS");
  const plain = await run({ command: "SELECT 1", sslmode: "require" });
  assert.deepEqual([plain.error?.kind, plain.error?.code], ["connection", "CONN_TLS"]);
  assert.equal((await run({ command: "SELECT 1", sslmode: "prefer" })).status, "ok");
});

test("a connection string alone is enough", async () => {
  const config = { command: "SELECT current_database() AS d", connection_string: database.url };
  assert.deepEqual((await dataOf(postgresTool.execute(bare(config)))).rows, [{ d: database.database }]);
});

test("NOTICE is no error, command_b64 is SQL, syntax errors carry their position", async () => {
  await data({ command: "DO $$ BEGIN RAISE NOTICE 'hello; there'; END $$" });
  assert.deepEqual((await data({ command_b64: Buffer.from("SELECT 3 AS n").toString("base64") })).rows, [{ n: 3 }]);
  const { error } = await run({ command: "SELEC 1" });
  assert.deepEqual([error?.kind, error?.code, error?.details], ["db", "PG_42601", { position: "1" }]);
});

test("statements that may not run in a transaction run, and claims do not overlap", async () => {
  await data({
    command:
      "CREATE TABLE jobs (id int PRIMARY KEY, state text DEFAULT 'new'); INSERT INTO jobs SELECT generate_series(1, 20); CREATE INDEX CONCURRENTLY jobs_state ON jobs (state); VACUUM jobs",
  });
  const claim =
    "UPDATE jobs SET state = 'taken' WHERE id IN (SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED) RETURNING id";
  const claims = await Promise.all([1, 2, 3, 4].map(() => data({ command: claim })));
  const ids = claims.flatMap(({ rows }) => (rows as { id: number }[]).map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length);
});

test("effects are told from the SQL, unknown when a template may be a statement", () => {
  const effect = (command: string) => postgresTool.effects({ command });
  assert.equal(effect("SELECT * FROM t WHERE a = '{{ x; y }}'; VALUES (1)"), "read");
  assert.equal(effect("SELECT 1 FOR UPDATE"), "write");
  assert.equal(effect("SELECT 1; DELETE FROM t"), "write");
  assert.equal(effect("{{ workload.sql }}"), "unknown");
});

test("SQL may be kept elsewhere", async () => {
  const script = { source: { type: "inline", code: "SELECT $1::int + 1 AS n" } };
  assert.deepEqual((await data({ script, params: [41] })).rows, [{ n: 42 }]);
  assert.equal((await run({ script: { uri: "nowhere.sql" } })).error?.code, "CONFIG_INVALID");
});
