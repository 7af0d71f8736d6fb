import type { Json, JsonObject } from "@noetl/core";

/** A statement of a person or a tool on the store's own database (server-api §2.14). */
export interface StatementInput {
  /** one statement; placeholders `?` in SQLite, `$1` in PostgreSQL */
  text: string;
  parameters?: readonly Json[];
  /** false: whatever it says, nothing is changed */
  write: boolean;
  /** where unqualified names are looked up; PostgreSQL only */
  schema?: string;
  /** PostgreSQL only, default 30 s */
  timeoutMs?: number;
}

/** Connections to the database. */
export interface PoolStatus {
  max: number;
  size: number;
  idle: number;
  /** callers that wait for one */
  waiting: number;
}

export interface StatementAnswer {
  columns: string[];
  rows: JsonObject[];
  row_count: number;
}
