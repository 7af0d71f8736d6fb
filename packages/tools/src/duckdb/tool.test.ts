import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { JsonObject } from "@noetl/core";
import { createResources } from "../resources.ts";
import { testHost } from "../testing/call.ts";
import { credential, dataOf, doneOf } from "../testing/outcome.ts";
import type { ToolCall } from "../tool.ts";
import { attachStatements } from "./attach.ts";
import { duckdbTool } from "./tool.ts";

const resources = createResources();
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noetl-duckdb-"));
});
after(async () => {
  await resources.close();
  await rm(folder, { recursive: true });
});

type More = Partial<Pick<ToolCall, "auth" | "timeout" | "signal">>;
const call = (config: JsonObject, more: More = {}) =>
  testHost({ resources, playbookDirectory: folder }).call(config, more);
const run = (config: JsonObject, more?: More) => doneOf(duckdbTool.execute(call(config, more)));
const data = (config: JsonObject, more?: More) => dataOf(duckdbTool.execute(call(config, more)));
const memory = ":memory:";

test("statements run in order, the last one is the result, each has a member", async () => {
  const result = await data({
    database: memory,
    command:
      "CREATE TABLE users (id INTEGER, name VARCHAR); INSERT INTO users VALUES (1, 'a;b'), (2, 'c'); SELECT name FROM users ORDER BY id DESC;",
  });
  assert.deepEqual(
    [result.columns, result.rows, result.row_count, result.statement_count],
    [["name"], [{ name: "c" }, { name: "a;b" }], 2, 3],
  );
  assert.equal((result.command_1 as JsonObject).affected_rows, 2);
  const changed = await data({ database: memory, command: "CREATE TABLE t AS SELECT 1 AS a; UPDATE t SET a = 2" });
  assert.deepEqual([changed.affected_rows, changed.rows, changed.row_count], [1, [], 0]);
  assert.deepEqual(
    (await data({ database: memory, command: "CREATE TABLE t (a INT); INSERT INTO t VALUES (1) RETURNING a" })).rows,
    [{ a: 1 }],
  );
});

test("the database of a playbook is a file beside it, :memory: is gone after the step", async () => {
  await data({ command: "CREATE TABLE kept AS SELECT 42 AS n" });
  assert.deepEqual((await data({ command: "SELECT n FROM kept" })).rows, [{ n: 42 }]);
  assert.ok((await stat(join(folder, ".noetl/state.duckdb"))).isFile());
  await data({ command: "CREATE TABLE other AS SELECT 1 AS n", database: "sub/x.duckdb" });
  assert.ok((await stat(join(folder, "sub/x.duckdb"))).isFile());
  await data({ command: "CREATE TABLE gone (a INT)", database: memory });
  assert.equal((await run({ command: "SELECT * FROM gone", database: memory })).error?.code, "DUCKDB_CATALOG");
});

test("another process may use the file as soon as a step has ended", async () => {
  await data({ command: "CREATE TABLE shared AS SELECT 1 AS n", database: "shared.duckdb" });
  const code = `const { DuckDBInstance } = (await import("@duckdb/node-api"));
    const c = await (await DuckDBInstance.create(${JSON.stringify(join(folder, "shared.duckdb"))})).connect();
    await c.run("INSERT INTO shared VALUES (2)");`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { cwd: import.meta.dirname });
  assert.deepEqual((await data({ command: "SELECT count(*) AS n FROM shared", database: "shared.duckdb" })).rows, [
    { n: 2 },
  ]);
});

test("calls at the same time share the file, and writers wait for one another", async () => {
  const database = "busy.duckdb";
  await data({ database, command: "CREATE TABLE counter AS SELECT 0 AS n" });
  await Promise.all(Array.from({ length: 12 }, () => data({ database, command: "UPDATE counter SET n = n + 1" })));
  assert.deepEqual((await data({ database, command: "SELECT n FROM counter" })).rows, [{ n: 12 }]);
});

test("values arrive as the types that the language promises", async () => {
  const [row] = (
    await data({
      database: memory,
      command: `SELECT 1::tinyint AS a, 9007199254740993::bigint AS b, 5::hugeint AS c, 1.10::decimal(5,2) AS d, 0.5::float AS e, 'nan'::double AS f,
      true AS g, NULL AS h, DATE '2024-01-31' AS i, TIMESTAMP '2024-01-31 10:00:00.5' AS j, TIMESTAMPTZ '2024-01-31 10:00:00+02' AS k,
      '{"n": 9007199254740993}'::json AS l, [1, NULL] AS m, {'x': 1.5::decimal(2,1), 'y': [DATE '2024-01-01']} AS n, map {'k': 1} AS o,
      map {1: 'v'} AS p, '\\xAA'::blob AS q, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS r, INTERVAL 1 DAY AS s, TIME '10:00' AS t,
      [1, 2]::int[2] AS u, union_value(num := 2) AS v, 'x'::enum('x') AS w`,
    })
  ).rows as JsonObject[];
  assert.deepEqual(row, {
    a: 1,
    b: "9007199254740993",
    c: 5,
    d: "1.10",
    e: 0.5,
    f: "NaN",
    g: true,
    h: null,
    i: "2024-01-31",
    j: "2024-01-31T10:00:00.5",
    k: "2024-01-31T08:00:00+00:00",
    l: { n: "9007199254740993" },
    m: [1, null],
    n: { x: "1.5", y: ["2024-01-01"] },
    o: { k: 1 },
    p: [{ key: 1, value: "v" }],
    q: "qg==",
    r: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    s: "1 day",
    t: "10:00:00",
    u: [1, 2],
    v: 2,
    w: "x",
  });
});

test("cli.md §8 #27: parameters of every style are bound, not pasted", async () => {
  const evil = "x'; DROP TABLE t; --";
  const rows = async (command: string, params: JsonObject | (string | number | boolean | null | number[])[]) =>
    (await data({ database: memory, command, params })).rows;
  assert.deepEqual(await rows("SELECT $1::int + 1 AS a, $2 AS b, $3::bool AS c, $4 AS d", [1, evil, true, null]), [
    { a: 2, b: evil, c: true, d: null },
  ]);
  assert.deepEqual(await rows("SELECT ? AS a, ?::bigint AS b", [1.5, 9007199254740991]), [
    { a: 1.5, b: 9007199254740991 },
  ]);
  assert.deepEqual(await rows("SELECT :a::text AS a, %(b)s::int AS b", { a: evil, b: 2 }), [{ a: evil, b: 2 }]);
  assert.deepEqual(await rows("SELECT $a::text AS a", { a: evil }), [{ a: evil }]);
  assert.deepEqual(await rows("SELECT list_sum($1) AS s", [[1, 2, 3]]), [{ s: 6 }]);
  assert.deepEqual(await rows("SELECT DATE '2024-01-31' = $1 AS same", ["2024-01-31"]), [{ same: true }]);
  const wrong = await run({ database: memory, command: "SELECT $1, $2", params: [1] });
  assert.match(wrong.error?.message ?? "", /2 parameters \(1, 2\), `params` gives 1/);
});

test("errors have a kind and a code, and say which statement", async () => {
  const cases: [string, string, string][] = [
    ["SELEC 1", "db", "DUCKDB_PARSER"],
    ["SELECT * FROM nope", "db", "DUCKDB_CATALOG"],
    ["CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1), (1)", "db_constraint", "DUCKDB_CONSTRAINT"],
    ["SELECT 'x'::int", "db", "DUCKDB_CONVERSION"],
  ];
  for (const [command, kind, code] of cases) {
    const { error } = await run({ database: memory, command });
    assert.deepEqual([error?.kind, error?.code], [kind, code], command);
  }
  const second = await run({ database: memory, command: "SELECT 1; SELECT nope" });
  assert.match(second.error?.message ?? "", /^statement 2: /);
  assert.equal((second.data as JsonObject).statement_count, 1);
  const going = await data({ database: memory, command: "SELECT nope; SELECT 1 AS a", on_error: "continue" });
  assert.deepEqual([going.rows, (going.errors as JsonObject[])[0]?.statement], [[{ a: 1 }], 0]);
});

test("a transaction is all or nothing", async () => {
  const database = "transaction.duckdb";
  await data({ database, command: "CREATE TABLE t (a INT PRIMARY KEY)" });
  assert.equal(
    (await run({ database, transaction: true, command: "INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)" })).status,
    "error",
  );
  assert.deepEqual((await data({ database, command: "SELECT count(*) AS n FROM t" })).rows, [{ n: 0 }]);
  await data({ database, transaction: true, command: "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)" });
  assert.deepEqual((await data({ database, command: "SELECT count(*) AS n FROM t" })).rows, [{ n: 2 }]);
});

test("too many rows are an error or cut, a long statement ends at its limit", async () => {
  assert.equal(
    (await run({ database: memory, command: "SELECT * FROM range(1000000000)" })).error?.code,
    "TOO_MANY_ROWS",
  );
  const cut = await data({
    database: memory,
    command: "SELECT * FROM range(10) t(n)",
    max_rows: 2,
    on_overflow: "truncate",
  });
  assert.deepEqual([cut.rows, cut.truncated], [[{ n: 0 }, { n: 1 }], true]);
  const late = await run(
    { database: memory, command: "SELECT count(*) FROM range(1000000) a, range(1000000) b" },
    { timeout: { total: 200 } },
  );
  assert.deepEqual([late.status, late.error?.code], ["timeout", "TOOL_TIMEOUT"]);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  const stopped = await run(
    { database: memory, command: "SELECT count(*) FROM range(1000000) a, range(1000000) b" },
    { signal: controller.signal },
  );
  assert.equal(stopped.error?.kind, "cancelled");
});

test("credentials become secrets and attached databases, quoted", () => {
  const statements = attachStatements({
    ...credential("postgres", { db_host: "h", db_user: "it's", db_password: "p'w\\", db_name: "d" }, 'pg"x'),
    ...credential("gcs_hmac", { key_id: "k", secret: "s'", scope: "gs://b" }, "store"),
  });
  assert.deepEqual(statements, [
    "INSTALL postgres",
    "LOAD postgres",
    `ATTACH 'host=''h'' user=''it\\''s'' password=''p\\''w\\\\'' dbname=''d''' AS "pg""x" (TYPE postgres)`,
    "INSTALL httpfs",
    "LOAD httpfs",
    `CREATE OR REPLACE SECRET "store" (TYPE gcs, KEY_ID 'k', SECRET 's''', SCOPE 'gs://b')`,
  ]);
  assert.throws(
    () => attachStatements(credential("bearer", { token: "t" })),
    /cannot use credential 'test' of type 'bearer'/,
  );
});

test("an extension that cannot be had is named", async () => {
  const { error } = await run({ database: memory, command: "SELECT 1", extensions: ["no_such_extension_at_all"] });
  assert.deepEqual([error?.kind, error?.code], ["configuration", "EXTENSION_UNAVAILABLE"]);
});

test("SQL may be kept in a file beside the playbook", async () => {
  await writeFile(
    join(folder, "report.sql"),
    "CREATE TABLE r (n INT);\nINSERT INTO r VALUES (1), (2);\nSELECT sum(n)::INT AS total FROM r;\n",
  );
  assert.deepEqual((await data({ database: memory, script: { uri: "report.sql" } })).rows, [{ total: 3 }]);
  const missing = await run({ database: memory, script: { uri: "nowhere.sql" } });
  assert.equal(missing.error?.kind, "configuration");
  assert.match(missing.error?.message ?? "", /^duckdb: script 'nowhere\.sql' is not there/);
});
