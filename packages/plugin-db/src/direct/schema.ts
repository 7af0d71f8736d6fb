import { rm } from "node:fs/promises";
import { latestSchema, resultsFolder, type Store } from "@noetl/store";
import type { Direct } from "./open.ts";

/** Tables without which nothing runs (server-api §2.14). */
const REQUIRED = [
  "catalog",
  "command",
  "credential",
  "event",
  "execution",
  "keychain",
  "outbox",
  "runtime",
  "schedule",
  "transient",
] as const;

export interface SchemaState {
  valid: boolean;
  tables: string[];
  missing: string[];
  /** null where there is no schema */
  version: number | null;
  latest: number;
}

/** What is there; nothing is changed. */
export async function schemaState(store: Store): Promise<SchemaState> {
  const tables = await tablesOf(store);
  const missing = REQUIRED.filter((name) => !tables.includes(name));
  return {
    valid: missing.length === 0,
    tables,
    missing,
    version: await versionOf(store, tables),
    latest: latestSchema(store.dialect),
  };
}

async function tablesOf(store: Store): Promise<string[]> {
  const text =
    store.dialect === "sqlite"
      ? "SELECT name FROM noetl.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
      : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'noetl' ORDER BY table_name";
  return (await store.query({ text, write: false })).rows.map((row) => String(row.name));
}

async function versionOf(store: Store, tables: readonly string[]): Promise<number | null> {
  if (tables.length === 0) return null;
  // Opening an embedded database brought it up to date, or refused.
  if (store.dialect === "sqlite") return latestSchema("sqlite");
  if (!tables.includes("schema_migration")) return null;
  const { rows } = await store.query({
    text: "SELECT max(version) AS version FROM noetl.schema_migration",
    write: false,
  });
  return typeof rows[0]?.version === "number" ? rows[0].version : null;
}

/** Deletes everything NoETL keeps and makes the schema anew. */
export async function resetSchema({ store, folder }: Direct): Promise<void> {
  if (store.dialect === "postgres") {
    await store.query({ text: "DROP SCHEMA IF EXISTS noetl CASCADE", write: true });
  } else {
    // Row by row: other processes may have the file open, and the schema is up to date since it was opened.
    for (const name of await tablesOf(store)) await store.query({ text: `DELETE FROM noetl."${name}"`, write: true });
    if (folder !== undefined) await rm(resultsFolder(folder), { recursive: true, force: true });
  }
  await store.migrate();
}
