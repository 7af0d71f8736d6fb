import { NoetlError } from "@noetl/core";
import type { Pool } from "pg";
import { migrations } from "./migrations/index.ts";

/** Any number; the same in every server, so that of several starting at once one migrates and the others wait. */
const LOCK = 7_206_583_411;

/** Applies what is missing, all or nothing. Forward only; safe to run twice and by several servers at once. */
export async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS noetl;
      CREATE TABLE IF NOT EXISTS noetl.schema_migration (
        version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ version: number }>(
      "SELECT coalesce(max(version), 0)::int AS version FROM noetl.schema_migration",
    );
    const current = rows[0]?.version ?? 0;
    if (current > migrations.length) {
      throw new NoetlError("terminal", "STORE_NEWER", "the database was migrated by a newer NoETL", {
        hint: "update this NoETL",
      });
    }
    for (const [index, { name, sql }] of migrations.entries()) {
      if (index < current) continue;
      await client.query(sql);
      await client.query("INSERT INTO noetl.schema_migration (version, name) VALUES ($1, $2)", [index + 1, name]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: Error) => {
      failed = failure;
    });
    throw error;
  } finally {
    client.release(failed);
  }
}
