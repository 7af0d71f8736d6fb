import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseCredentials } from "@noetl/plugin-catalog/credentials";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

const PG = { name: "pg", type: "postgres", data: { db_host: "h", db_password: "hunter2" }, tags: "a, b" };

test("a credential is stored, listed without data, and shown only with --reveal", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "pg.json"), JSON.stringify(PG));
  assert.equal((await cli(["credential", "register", "pg.json"], { home })).stdout, "stored pg (postgres)\n");

  const list = await cli(["credential", "list"], { home });
  assert.match(list.stdout, /^NAME +TYPE/);
  assert.match(list.stdout, /pg +postgres .*a,b/);
  const masked = await cli(["credential", "get", "pg"], { home });
  assert.match(masked.stdout, /db_password: \*\*\*/);
  const json = await cli(["credential", "get", "pg", "--json"], { home });
  assert.equal((JSON.parse(json.stdout) as { data: { db_password: string } }).data.db_password, "***");
  for (const { stdout, stderr } of [list, masked, json]) assert.doesNotMatch(stdout + stderr, /hunter2/);

  assert.match((await cli(["get", "credential", "pg", "--reveal"], { home })).stdout, /db_password: hunter2/);
});

test("what is on the disk does not hold the secret, and the key file is ours alone", async (t) => {
  const home = await temporaryFolder(t);
  await cli(["credential", "register", "-"], { home, input: JSON.stringify(PG) });
  for (const name of ["noetl.db", "noetl.db-wal"]) {
    const bytes = await readFile(join(home, "data", name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return Buffer.alloc(0);
      throw error;
    });
    assert.equal(bytes.includes("hunter2"), false, name);
  }
  if (process.platform !== "win32")
    assert.equal((await stat(join(home, "data", "encryption.key"))).mode & 0o777, 0o600);
});

test("rotation moves every secret to a new key, or to the one that is given", async (t) => {
  const home = await temporaryFolder(t);
  await cli(["credential", "register", "-"], { home, input: JSON.stringify(PG) });
  const key = () => readFile(join(home, "data", "encryption.key"), "utf8");
  const before = await key();
  const { code, stdout } = await cli(["credential", "rotate"], { home });
  assert.equal(code, 0);
  assert.match(stdout, /^1 secret moved to a new key \(\w+\) on this machine$/m);
  assert.notEqual(await key(), before);
  assert.match((await cli(["credential", "get", "pg", "--reveal"], { home })).stdout, /hunter2/);

  const given = { NOETL_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") };
  const env = { ...given, NOETL_ENCRYPTION_KEY_PREVIOUS: (await key()).trim() };
  assert.match((await cli(["credential", "rotate"], { home, env })).stdout, /1 secret moved to the key that was given/);
  assert.equal(
    (await cli(["credential", "get", "pg", "--reveal"], { home })).code,
    77,
    "the key file is an old one now",
  );
  assert.match((await cli(["credential", "get", "pg", "--reveal"], { home, env: given })).stdout, /hunter2/);
});

test("deleting asks, and without a terminal wants --yes", async (t) => {
  const home = await temporaryFolder(t);
  await cli(["credential", "register", "-"], { home, input: JSON.stringify(PG) });
  const refused = await cli(["credential", "delete", "pg"], { home });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--yes/);
  const other = await cli(["credential", "delete", "gp"], { home });
  assert.equal(other.code, 3);
  assert.match(other.stderr, /did you mean 'pg'\?/);
  assert.equal((await cli(["credential", "get", "pg"], { home })).code, 0);
  const env = { NOETL_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString("base64") };
  const unreadable = await cli(["credential", "delete", "pg"], { home, env });
  assert.match(unreadable.stderr, /--yes/, "also one that cannot be read any more may go");
  assert.equal((await cli(["credential", "delete", "pg", "--yes"], { home })).code, 0);
  assert.equal((await cli(["credential", "delete", "pg", "--yes"], { home })).code, 3);
});

test("fields may stand at the root, under metadata and spec, in a list, in several documents", () => {
  assert.deepEqual(parseCredentials(JSON.stringify(PG), "f"), [{ ...PG, tags: ["a", "b"] }]);
  const yaml = "kind: Credential\nmetadata: {name: x, description: d}\nspec: {type: bearer, data: {token: t}}";
  assert.deepEqual(parseCredentials(yaml, "f"), [
    { name: "x", type: "bearer", data: { token: "t" }, description: "d" },
  ]);
  assert.equal(parseCredentials(JSON.stringify([PG, PG]), "f").length, 2);
  assert.equal(parseCredentials(`${yaml}\n---\n${yaml}`, "f").length, 2);
  assert.deepEqual(parseCredentials("data: {a: 1}", "f", { name: "n", type: "t" }), [
    { name: "n", type: "t", data: { a: 1 } },
  ]);
});

test("a text that is no credential is refused without quoting it", () => {
  for (const text of ["password hunter2: [", "hunter2", "", "name: x\ndata: hunter2", "data: {a: hunter2}"]) {
    assert.throws(
      () => parseCredentials(text, "f.yaml"),
      (error: Error) => /f\.yaml cannot be used/.test(error.message) && !error.message.includes("hunter2"),
      text,
    );
  }
});
