import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { startPostgres, type TestPostgres } from "../../../../test/services/postgres.ts";
import { array, documents } from "./columns.ts";

let server: TestPostgres | undefined;
let client: pg.Client | undefined;
before(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: (await server.createDatabase()).url });
  await client.connect();
});
after(async () => {
  await client?.end();
  await server?.stop();
});

const given = async (expression: string, value: string): Promise<unknown> =>
  (await client?.query(`SELECT ${expression} AS items`, [value]))?.rows[0]?.items;

test("PostgreSQL reads every element as it was", async () => {
  const items = [
    ...[
      "",
      "a",
      "a b",
      "null",
      "NULL",
      "nullable",
      'say "hi"',
      "back\\slash",
      "\\",
      '"',
      "{}",
      "{a,b}",
      ",",
      "a,b",
      "'",
    ],
    ...["ä😀", "\n", "\t x ", "\u001f", "s#1", "2026-01-01T00:00:00.000Z", "$&", "$1", '{"a":"\\"b\\\\"}'],
    null,
  ];
  assert.deepEqual(await given("$1::text[]", array(items)), items);
  for (const item of items) assert.deepEqual(await given("$1::text[]", array([item])), [item]);
  assert.deepEqual(await given("$1::text[]", array([])), []);
  const ids = ["9223372036854775807", null, "-1"];
  assert.deepEqual(await given("$1::bigint[]", array(ids)), ids);
});

test("documents keep their text, whatever they hold", async () => {
  const texts = [{ a: "\u001f\u0000\\\"'" }, "", null, [1, "ä"], " "].map((value) => JSON.stringify(value));
  const split = "string_to_array($1, chr(31), '')";
  assert.deepEqual(await given(split, documents(texts)), texts);
  assert.deepEqual(await given(split, documents(["1", null, "2"])), ["1", null, "2"]);
  assert.deepEqual(await given(split, documents([])), []);
  // One that is none: `unnest` fills the short column up.
  const rows = await client?.query(`SELECT d FROM unnest($1::int[], ${split.replace("$1", "$2")}) AS t (n, d)`, [
    array(["1"]),
    documents([null]),
  ]);
  assert.deepEqual(rows?.rows, [{ d: null }]);
});
