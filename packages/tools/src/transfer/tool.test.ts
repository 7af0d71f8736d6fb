import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { startPostgres, type TestDatabase, type TestPostgres } from "../../../../test/services/postgres.ts";
import { duckdbTool } from "../duckdb/tool.ts";
import { postgresTool } from "../postgres/tool.ts";
import { createResources } from "../resources.ts";
import { testHost } from "../testing/call.ts";
import { credential, dataOf, doneOf } from "../testing/outcome.ts";
import type { Tool, ToolCall } from "../tool.ts";
import { transferTool } from "./tool.ts";

const resources = createResources();
let server: TestPostgres;
let first: TestDatabase;
let second: TestDatabase;
let folder: string;
let web: Server;
let webUrl: string;
const received: unknown[] = [];

before(async () => {
  server = await startPostgres();
  first = await server.createDatabase();
  second = await server.createDatabase();
  folder = await mkdtemp(join(tmpdir(), "noetl-transfer-"));
  web = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === "POST")
      received.push([request.headers.authorization, JSON.parse(Buffer.concat(chunks).toString())]);
    const users = [
      { id: 1, name: "Ann", address: { city: "X'; DROP TABLE people; --" }, tags: ["a", "b"], "dotted.key": 1 },
      { id: 2, name: "Bob", address: { city: "Y" }, tags: [], extra: true },
    ];
    response.end(JSON.stringify({ data: { users } }));
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const address = web.address();
  webUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
after(async () => {
  await resources.close();
  await server.stop();
  web.closeAllConnections();
  web.close();
  await rm(folder, { recursive: true });
});

const fields = (database: TestDatabase) => ({
  db_host: database.host,
  db_port: database.port,
  db_user: database.user,
  db_password: database.password,
  db_name: database.database,
});
const both = () => ({
  ...credential("postgres", fields(first), "source"),
  ...credential("postgres", fields(second), "target"),
});
const execute = (tool: Tool, config: JsonObject, more: Partial<ToolCall> = {}) =>
  tool.execute(testHost({ resources, playbookDirectory: folder }).call(config, more));
const run = (config: JsonObject, more: Partial<ToolCall> = { auth: both() }) =>
  doneOf(execute(transferTool, config, more));
const copy = (config: JsonObject, more: Partial<ToolCall> = { auth: both() }) =>
  dataOf(execute(transferTool, config, more));
const sql = async (database: TestDatabase, command: string) =>
  (await dataOf(execute(postgresTool, { command, connection_string: database.url }))).rows;
const duck = async (command: string) => (await dataOf(execute(duckdbTool, { command, database: "d.duckdb" }))).rows;

test("every type of PostgreSQL arrives unchanged, chunk by chunk", async () => {
  const columns =
    "id int PRIMARY KEY, n numeric, big bigint, t text, j jsonb, a text[], b bytea, ts timestamptz, i interval, r int4range, f float8";
  await sql(
    first,
    `CREATE TABLE src (${columns}); INSERT INTO src SELECT g, g * 1.10, 9007199254740993, 'it''s ; ' || g, '{"k": [1, "x"]}', ARRAY['a,b', NULL, 'q"'], '\\xdeadbeef', '2024-01-31 10:00:00.000001+02', '1 day', '[1,5)', 'NaN' FROM generate_series(1, 2500) g`,
  );
  await sql(second, `CREATE TABLE dst (${columns})`);
  const result = await copy({
    source: { type: "postgres", query: "SELECT * FROM src ORDER BY id;" },
    target: { type: "postgres", table: "public.dst" },
  });
  assert.deepEqual(result, {
    direction: "postgres_to_postgres",
    source_type: "postgres",
    target_type: "postgres",
    mode: "append",
    rows_transferred: 2500,
    chunks_processed: 3,
    columns: ["id", "n", "big", "t", "j", "a", "b", "ts", "i", "r", "f"],
    target_table: "public.dst",
  });
  const digest = "SELECT md5(string_agg(x::text, ',' ORDER BY id)) AS d FROM";
  assert.deepEqual(await sql(second, `${digest} dst x`), await sql(first, `${digest} src x`));
});

test("replace swaps the rows in one transaction, a failure leaves the old ones", async () => {
  await sql(second, "CREATE TABLE rep (id int PRIMARY KEY); INSERT INTO rep VALUES (100)");
  const target = { type: "postgres", table: "rep" };
  const failed = await run({
    source: { type: "postgres", query: "SELECT g % 1500 AS id FROM generate_series(1, 2000) g" },
    target,
    mode: "replace",
  });
  assert.deepEqual([failed.status, failed.error?.kind, failed.error?.code], ["error", "db_constraint", "PG_23505"]);
  assert.deepEqual(await sql(second, "SELECT id FROM rep"), [{ id: 100 }]);
  await copy({
    source: { type: "postgres", query: "SELECT g AS id FROM generate_series(1, 3) g" },
    target,
    mode: "replace",
  });
  assert.deepEqual(await sql(second, "SELECT id FROM rep ORDER BY id"), [{ id: 1 }, { id: 2 }, { id: 3 }]);
});

test("upsert replaces by key, also when a key comes twice, and needs its keys", async () => {
  await sql(second, "CREATE TABLE ups (id int PRIMARY KEY, v text); INSERT INTO ups VALUES (1, 'old'), (2, 'kept')");
  const config = {
    source: { type: "postgres", query: "VALUES (1, 'a'), (1, 'b'), (3, 'c')" },
    target: { type: "postgres", table: "ups", mapping: { id: "column1", v: "column2" } },
    mode: "upsert",
  };
  assert.equal((await copy({ ...config, key: "id" })).rows_transferred, 3);
  assert.deepEqual(await sql(second, "SELECT * FROM ups ORDER BY id"), [
    { id: 1, v: "b" },
    { id: 2, v: "kept" },
    { id: 3, v: "c" },
  ]);
  for (const key of [null, ["nope"]]) {
    const { error } = await run({ ...config, key });
    assert.deepEqual([error?.kind, error?.code], ["configuration", "CONFIG_INVALID"]);
  }
});

test("from http: a path to the list, mapped fields, lists and maps into their columns, nothing pasted into SQL", async () => {
  await sql(
    second,
    'CREATE TABLE people ("id" bigint, "full ""name" text, city text, tags text[], address jsonb, flag boolean)',
  );
  const auth = credential("postgres", fields(second));
  const mapping = {
    id: "id",
    'full "name': "name",
    city: "address.city",
    tags: "tags",
    address: "address",
    flag: "extra",
  };
  const result = await copy(
    {
      source: { kind: "http", url: webUrl, data_path: "data.users" },
      target: { kind: "postgres", table: "people", mapping },
    },
    { auth },
  );
  assert.deepEqual([result.direction, result.rows_transferred], ["http_to_postgres", 2]);
  assert.deepEqual(await sql(second, "SELECT * FROM people ORDER BY id"), [
    {
      id: 1,
      'full "name': "Ann",
      city: "X'; DROP TABLE people; --",
      tags: ["a", "b"],
      address: { city: "X'; DROP TABLE people; --" },
      flag: null,
    },
    { id: 2, 'full "name': "Bob", city: "Y", tags: [], address: { city: "Y" }, flag: true },
  ]);
  const evil = await run(
    {
      source: { kind: "http", url: webUrl, data_path: "data.users" },
      target: { kind: "postgres", table: "people; DROP TABLE people" },
    },
    { auth },
  );
  assert.equal(evil.error?.code, "PG_42P01");
  const nowhere = await run(
    {
      source: { kind: "http", url: webUrl, data_path: "data.nope" },
      target: { kind: "postgres", table: "people" },
    },
    { auth },
  );
  assert.deepEqual([nowhere.error?.kind, nowhere.error?.code], ["schema", "NO_ROWS"]);
});

test("a statement for each row instead of a table", async () => {
  await sql(second, "CREATE TABLE counted (name text PRIMARY KEY, n int)");
  const query = "INSERT INTO counted VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET n = counted.n + 1";
  await copy({
    source: { type: "postgres", query: "VALUES ('a'), ('b'), ('a')" },
    target: { type: "postgres", query, mapping: { name: "column1" } },
  });
  assert.deepEqual(await sql(second, "SELECT * FROM counted ORDER BY name"), [
    { name: "a", n: 2 },
    { name: "b", n: 1 },
  ]);
});

test("PostgreSQL to DuckDB and back", async () => {
  const columns = "id INTEGER, n DECIMAL(10,2), d DATE, ts TIMESTAMP, t VARCHAR, b BLOB, ok BOOLEAN";
  await duck(`CREATE TABLE facts (${columns})`);
  await sql(
    first,
    `CREATE TABLE facts (${columns.replace("BLOB", "bytea")}); INSERT INTO facts SELECT g, g + 0.25, '2024-01-31', '2024-01-31 10:00:00.5', 'x' || g, '\\xff00', g % 2 = 0 FROM generate_series(1, 1200) g`,
  );
  const there = await copy({
    source: { type: "postgres", query: "SELECT * FROM facts" },
    target: { type: "duckdb", database: "d.duckdb", table: "facts" },
    mode: "replace",
  });
  assert.deepEqual([there.rows_transferred, there.chunks_processed], [1200, 2]);
  const check =
    "SELECT count(*) AS c, sum(n)::text AS n, min(d)::text AS d, max(id) AS id FROM facts WHERE ts = '2024-01-31 10:00:00.5'";
  assert.deepEqual(await duck(check), [{ c: 1200, n: "720900.00", d: "2024-01-31", id: 1200 }]);
  assert.deepEqual(await duck("SELECT b FROM facts LIMIT 1"), [{ b: "/wA=" }]);
  await sql(second, `CREATE TABLE facts (${columns.replace("BLOB", "bytea")})`);
  const back = await copy({
    source: { type: "duckdb", database: "d.duckdb", query: "SELECT * FROM facts" },
    target: { type: "postgres", table: "facts" },
    chunk_size: 500,
  });
  assert.deepEqual([back.rows_transferred, back.chunks_processed], [1200, 3]);
  const digest = "SELECT md5(string_agg(f::text, ',' ORDER BY id)) AS d FROM facts f";
  assert.deepEqual(await sql(second, digest), await sql(first, digest));
});

test("within DuckDB: upsert by key, and a failure changes nothing", async () => {
  await duck("CREATE TABLE k (id INTEGER PRIMARY KEY, v VARCHAR); INSERT INTO k VALUES (1, 'old')");
  const side = { type: "duckdb", database: "d.duckdb" };
  await copy({
    source: { ...side, query: "SELECT * FROM (VALUES (1, 'new'), (2, 'two')) t(id, v)" },
    target: { ...side, table: "k" },
    mode: "upsert",
    key: ["id"],
  });
  assert.deepEqual(await duck("SELECT * FROM k ORDER BY id"), [
    { id: 1, v: "new" },
    { id: 2, v: "two" },
  ]);
  const failed = await run({
    source: { ...side, query: "SELECT * FROM (VALUES (3, 'x'), (1, 'again')) t(id, v)" },
    target: { ...side, table: "k" },
  });
  assert.equal(failed.error?.kind, "db_constraint");
  assert.deepEqual(await duck("SELECT count(*) AS n FROM k"), [{ n: 2 }]);
});

test("to http: chunks are posted with the target's credential", async () => {
  received.length = 0;
  const auth = {
    ...credential("postgres", fields(first), "source"),
    ...credential("bearer", { token: "tok-123" }, "target"),
  };
  const result = await copy(
    {
      source: { type: "postgres", query: "SELECT g AS id FROM generate_series(1, 3) g" },
      target: { type: "http", url: webUrl },
      chunk_size: 2,
    },
    { auth },
  );
  assert.equal(result.chunks_processed, 2);
  assert.deepEqual(received, [
    ["Bearer tok-123", [{ id: 1 }, { id: 2 }]],
    ["Bearer tok-123", [{ id: 3 }]],
  ]);
});

test("connections may be written into the sides, and no rows are no error", async () => {
  const source = { type: "postgres", connection: first.url, query: "SELECT 1 AS id WHERE false" };
  const target = {
    type: "postgres",
    connection: { host: second.host, port: second.port, user: second.user, password: second.password },
    database: second.database,
    table: "rep",
  };
  const result = await copy({ source, target }, {});
  assert.deepEqual([result.rows_transferred, result.columns], [0, ["id"]]);
});

test("what cannot be done is said", async () => {
  const source = { type: "postgres", query: "SELECT 1 AS id" };
  const cases: [JsonObject, RegExp][] = [
    [{ source, target: { type: "snowflake", table: "t" } }, /snowflake is not available/],
    [{ source: {}, target: { type: "postgres", table: "t" } }, /'source' needs a `type`/],
    [{ source, target: { type: "postgres" } }, /target\.table is missing/],
    [
      { source: { type: "postgres", query: "SELECT 1; DROP TABLE x" }, target: { type: "postgres", table: "rep" } },
      /one statement/,
    ],
    [{ source, target: { type: "http", url: webUrl }, mode: "replace" }, /needs a database/],
  ];
  for (const [config, message] of cases) {
    const { error } = await run(config);
    assert.equal(error?.kind, "configuration");
    assert.match(error?.message ?? "", message);
  }
  const unresolved = await run({ source: { ...source, auth: "pg_a" }, target: { type: "postgres", table: "t" } }, {});
  assert.deepEqual([unresolved.error?.kind, unresolved.error?.code], ["auth", "AUTH_MISSING"]);
});

test("a transfer ends at its limit and leaves nothing", async () => {
  await sql(second, "CREATE TABLE slow (id int)");
  const late = await run(
    {
      source: {
        type: "postgres",
        query: "SELECT g AS id FROM generate_series(1, 100) g WHERE pg_sleep(0.05) IS NOT NULL",
      },
      target: { type: "postgres", table: "slow" },
      chunk_size: 1,
    },
    { auth: both(), timeout: { total: 150 } },
  );
  assert.deepEqual([late.status, late.error?.code], ["timeout", "TOOL_TIMEOUT"]);
  assert.deepEqual(await sql(second, "SELECT count(*) AS n FROM slow"), [{ n: 0 }]);
});
