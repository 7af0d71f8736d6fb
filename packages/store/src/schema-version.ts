import { migrations as postgresMigrations } from "./postgres/migrations/index.ts";
import { migrations as sqliteMigrations } from "./sqlite/migrations.ts";

/** The schema version this NoETL brings a database to. */
export function latestSchema(dialect: "sqlite" | "postgres"): number {
  return dialect === "sqlite" ? sqliteMigrations.length : postgresMigrations.length;
}
