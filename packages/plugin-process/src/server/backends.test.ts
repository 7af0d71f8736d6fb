import assert from "node:assert/strict";
import { test } from "node:test";
import { snowflakes, systemClock } from "@noetl/core";
import { latestSchema } from "@noetl/store";
import { silent } from "@noetl/worker";
import { startPostgres } from "../../../../test/services/postgres.ts";
import { openBackends } from "./backends.ts";

test("an empty database gets its tables; one of an older version is changed only when told to", async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const { url } = await postgres.createDatabase();
  const env = { NOETL_DATABASE_URL: url, NOETL_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64") };
  const open = (initDb: boolean) => {
    const common = { env, clock: systemClock, ids: snowflakes({ machine: 1 }), log: silent };
    return openBackends({ ...common, initDb, signal: new AbortController().signal });
  };
  const first = await open(false);
  const version = async (backends: typeof first) => {
    const text = "SELECT max(version) AS version FROM noetl.schema_migration";
    return (await backends.store.query({ text, write: false })).rows[0]?.version;
  };
  assert.equal(await version(first), latestSchema("postgres"));
  const text = `DELETE FROM noetl.schema_migration WHERE version = ${latestSchema("postgres")}`;
  await first.store.query({ text, write: true });
  await first.close();
  await assert.rejects(open(false), { code: "SCHEMA_OLD", meaning: "validation", message: /needs \d+/ });
  const told = await open(true);
  assert.equal(await version(told), latestSchema("postgres"));
  await told.close();
});
