import assert from "node:assert/strict";
import test from "node:test";
import { isNoetlError } from "@noetl/core";
import { formatArray, parseArray } from "./array.ts";
import { readConnection } from "./connection.ts";
import { parseConnectionString } from "./connection-string.ts";
import { isoTimestamp, isoTimestampUtc } from "./timestamp.ts";

test("array literals in all their forms", () => {
  const text = (value: string) => parseArray(value, (element) => element);
  assert.deepEqual(parseArray("{1,NULL,3}", Number), [1, null, 3]);
  assert.deepEqual(text('{"a,b","NULL","q\\"\\\\",plain,""}'), ["a,b", "NULL", 'q"\\', "plain", ""]);
  assert.deepEqual(parseArray("{{1,2},{3,4}}", Number), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(parseArray("[0:1]={5,6}", Number), [5, 6]);
  assert.deepEqual(text("{}"), []);
  const hard = ["a", null, 'x"\\,{}', "NULL", ["nested", ""]];
  assert.deepEqual(text(formatArray(hard)), hard);
});

test("timestamps are ISO 8601, those with a zone in UTC with all their digits", () => {
  assert.equal(isoTimestamp("2024-01-31 10:00:00.5"), "2024-01-31T10:00:00.5");
  assert.equal(isoTimestampUtc("2024-01-31 12:00:00.000001+02"), "2024-01-31T10:00:00.000001+00:00");
  assert.equal(isoTimestampUtc("2024-01-01 00:00:00-03:30"), "2024-01-01T03:30:00+00:00");
  assert.equal(isoTimestampUtc("0099-12-31 23:00:00-02"), "0100-01-01T01:00:00+00:00");
  assert.equal(isoTimestampUtc("12024-12-31 23:00:00+00"), "12024-12-31T23:00:00+00:00");
  assert.equal(isoTimestampUtc("infinity"), "infinity");
  assert.equal(isoTimestamp("0044-03-15 10:00:00 BC"), "0044-03-15 10:00:00 BC");
});

test("connection strings of both styles", () => {
  assert.deepEqual(parseConnectionString("postgresql://u%40x:p%3Aw@db.example.com:6432/my%20db?sslmode=require"), {
    host: "db.example.com",
    port: "6432",
    user: "u@x",
    password: "p:w",
    database: "my db",
    sslmode: "require",
  });
  assert.deepEqual(parseConnectionString("host=/run/pg dbname='my db' user=u password='it\\'s'"), {
    host: "/run/pg",
    database: "my db",
    user: "u",
    password: "it's",
  });
  for (const bad of ["mysql://u:secret@h/d", "secret", "postgres://u:%zz@h/d"]) {
    assert.throws(
      () => parseConnectionString(bad),
      (error: unknown) => error instanceof RangeError && !error.message.includes("secret"),
    );
  }
});

test("explicit keys win over the credential, whose fields may have the db_ prefix", () => {
  const data = { db_host: "a", db_port: "5433", db_user: "u", db_password: "p", db_name: "d" };
  const secret = { name: "pg", type: "postgres", data };
  const connection = readConnection({ database: "other" }, secret);
  assert.deepEqual(
    [connection.host, connection.port, connection.user, connection.password, connection.database, connection.sslmode],
    ["a", 5433, "u", "p", "other", "prefer"],
  );
  assert.equal(readConnection({ host: "127.0.0.1" }, secret).sslmode, "disable");
  assert.throws(
    () => readConnection({}, undefined),
    (error: unknown) => isNoetlError(error) && error.code === "AUTH_MISSING",
  );
});

test("a step's connection string wins over a credential whose fields were merged into the config", () => {
  const secret = {
    name: "pg",
    type: "postgres",
    data: { host: "a", port: 1, user: "u", password: "p", database: "d" },
  };
  const merged = { host: "a", port: 1, user: "u", password: "p", database: "d", connection_string: "postgres://b/e" };
  const { host, port, user, database } = readConnection(merged, secret);
  assert.deepEqual([host, port, user, database], ["b", 1, "u", "e"]);
  const string = { name: "pg", type: "postgres", data: { dsn: "postgres://u:p@a/d" } };
  assert.equal(
    readConnection({ connection_string: "postgres://u:p@a/d", database: "other" }, string).database,
    "other",
  );
});
