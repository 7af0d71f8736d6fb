import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, type Routes, temporaryFolder } from "@noetl/sdk/testing";

async function ask(t: Parameters<typeof temporaryFolder>[0], routes: Routes, args: string[], input?: string) {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, routes);
  const given = { home, env: { NOETL_SERVER_URL: server.url }, ...(input !== undefined && { input }) };
  return { ...(await cli(args, given)), seen: server.seen };
}

const rows = (result: unknown): Routes => ({ "POST /api/postgres/execute": [200, { status: "ok", result }] });

test("cli.md §8 #1: rows of objects and rows of lists both show", async (t) => {
  const objects = await ask(t, rows([{ one: 1, two: null }]), ["query", "SELECT 1 AS one, NULL AS two"]);
  assert.match(objects.stdout, /│ one │ two {2}│\n.*\n│ 1 {3}│ NULL │\n.*\n\(1 row\)\n$/);
  const lists = await ask(t, rows([[1, "x"]]), ["query", "SELECT 1"]);
  assert.match(lists.stdout, /│ column_1 │ column_2 │/);
  assert.equal((await ask(t, rows([]), ["query", "SELECT 1"])).stdout, "(0 rows)\n");
});

test("cli.md §8 #28: an unknown format stops before the statement is sent", async (t) => {
  const { code, seen } = await ask(t, rows([]), ["query", "DELETE FROM x", "--format", "x"]);
  assert.equal(code, 2);
  assert.equal(seen.length, 0);
});

test("a failed statement exits 1 whichever way it is told", async (t) => {
  const soft: Routes = {
    "POST /api/postgres/execute": [200, { status: "error", result: null, error: "syntax error" }],
  };
  const told = await ask(t, soft, ["query", "SELEC", "--json"]);
  assert.equal(told.code, 1);
  assert.match(told.stdout, /"code":"QUERY_FAILED".*syntax error/);
});

test("cli.md §8 #27: statement, parameters and target are sent as they are given", async (t) => {
  const args = [
    "query",
    "-",
    "--param",
    "5",
    "--param",
    "abc",
    "--credential",
    "wh",
    "-s",
    "public",
    "--write",
    "-f",
    "csv",
  ];
  const { seen, stdout } = await ask(t, rows([{ a: 1 }, { a: 2 }]), [...args, "--max-rows", "1"], "SELECT $1, $2");
  assert.deepEqual(seen[0]?.body, {
    query: "SELECT $1, $2",
    schema: "public",
    write: true,
    parameters: [5, "abc"],
    credential: "wh",
  });
  assert.equal(stdout, "a\n1\n");
  assert.equal((await ask(t, {}, ["query"])).code, 2);
  assert.equal((await ask(t, {}, ["query", "SELECT 1", "--file", "x.sql"])).code, 2);
});

test("cli.md §8 #29: an invalid schema exits 1 and names what is missing", async (t) => {
  const invalid: Routes = {
    "GET /api/db/validate": [200, { status: "ok", valid: false, tables: ["event"], missing: ["catalog"] }],
  };
  const { code, stdout } = await ask(t, invalid, ["db", "validate"]);
  assert.equal(code, 1);
  assert.match(stdout, /invalid, missing: catalog/);
  const init = await ask(t, { "POST /api/db/init": [200, { status: "ok", message: "done" }] }, [
    "db",
    "migrate",
    "--json",
  ]);
  assert.equal(init.code, 0);
  assert.equal((JSON.parse(init.stdout) as { message: string }).message, "done");
});

test("who has no server is told of --direct", async (t) => {
  const home = await temporaryFolder(t);
  for (const args of [
    ["query", "SELECT 1"],
    ["db", "init"],
    ["db", "status"],
    ["db", "validate"],
  ]) {
    const { code, stderr } = await cli(args, { home, env: { NOETL_SERVER_URL: "http://127.0.0.1:1" } });
    assert.equal(code, 4, args.join(" "));
    assert.match(stderr, /--direct needs no server/);
  }
});

test("without a server: looking makes nothing, init makes the database, statements only read", async (t) => {
  const home = await temporaryFolder(t);
  const ask = (...args: string[]) => cli(args, { home });
  const none = await ask("db", "validate", "--direct");
  assert.equal(none.code, 1);
  assert.equal((await ask("db", "init", "--direct")).code, 0);
  const status = await ask("db", "status", "--direct", "--json");
  const { valid, version, latest } = JSON.parse(status.stdout) as { valid: boolean; version: number; latest: number };
  assert.equal(valid, true);
  assert.equal(version, latest);
  const counted = await ask("query", "--direct", "SELECT count(*) AS n FROM noetl.execution", "-o", "ndjson");
  assert.equal(counted.stdout, '{"n":0}\n');
  const refused = await ask("query", "--direct", "DELETE FROM noetl.execution");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /--write/);
  assert.equal((await ask("query", "--direct", "DELETE FROM noetl.execution", "--write")).code, 0);
});

test("reset wants the word or --yes, then nothing is left", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "c.json"), JSON.stringify({ name: "pg", data: { a: 1 } }));
  await cli(["credential", "register", "c.json", "--local"], { home });
  const refused = await cli(["db", "reset"], { home });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--yes/);
  assert.equal((await cli(["credential", "list", "-o", "name"], { home })).stdout, "pg\n");
  assert.equal((await cli(["db", "reset", "--yes"], { home })).code, 0);
  assert.equal((await cli(["credential", "list", "-o", "name"], { home })).stdout, "");
  assert.equal((await cli(["db", "validate", "--direct"], { home })).code, 0);
});
