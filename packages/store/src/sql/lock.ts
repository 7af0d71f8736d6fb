import type { Database } from "./database.ts";
import { raw, type Statement } from "./statement.ts";

/** Row locks; SQLite has one writer at a time and needs none. */
export function forUpdate(db: Database): Statement {
  return db.dialect === "postgres" ? raw("FOR UPDATE") : raw("");
}

export function skipLocked(db: Database): Statement {
  return db.dialect === "postgres" ? raw("FOR UPDATE SKIP LOCKED") : raw("");
}
