import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Request } from "./request.ts";
import { listOf, objectOf, textOf } from "./shapes.ts";

export interface QueryResult {
  columns: string[];
  rows: JsonObject[];
  row_count: number;
}

export interface QueryInput {
  query: string;
  /** search path */
  schema?: string;
  write?: boolean;
  parameters?: Json[] | JsonObject;
  /** name of a stored credential of another database */
  credential?: string;
  database?: string;
}

export interface Database {
  /** Read-only unless `write`. Meaning `terminal` when the statement failed. */
  query(input: QueryInput): Promise<QueryResult>;
  init(): Promise<{ message: string | null; raw: Json }>;
  validate(): Promise<{ valid: boolean; tables: string[]; missing: string[]; message: string | null; raw: Json }>;
}

export function database(request: Request): Database {
  return {
    async query(input) {
      const sent = { ...input, write: input.write ?? false };
      const body = objectOf(await request("postgres/execute", { method: "POST", body: sent }));
      // A failed statement is HTTP 200 with status "error" in one generation (server-api §2.14).
      if (String(body.status).toLowerCase() === "error")
        throw new NoetlError("terminal", "QUERY_FAILED", textOf(body.error) ?? "the statement failed");
      return queryShape(body);
    },
    async init() {
      const raw = await request("db/init", { method: "POST", body: {}, idempotent: true, timeoutMs: 120_000 });
      return { message: textOf(objectOf(raw).message), raw };
    },
    async validate() {
      const raw = await request("db/validate");
      const body = objectOf(raw);
      const missing = listOf(body.missing, "missing").map(String);
      return {
        valid: body.valid === true || (body.valid === undefined && missing.length === 0),
        tables: listOf(body.tables).map(String),
        missing,
        message: textOf(body.message),
        raw,
      };
    },
  };
}

function queryShape(body: JsonObject): QueryResult {
  const rows = listOf(body.result, "rows");
  const known = listOf(body.columns).map(String);
  const first = rows[0];
  const columns =
    known.length > 0
      ? known
      : Array.isArray(first)
        ? first.map((_, index) => `column_${index + 1}`)
        : Object.keys(objectOf(first));
  const objects = rows.map((row) =>
    Array.isArray(row) ? Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])) : objectOf(row),
  );
  return { columns, rows: objects, row_count: typeof body.row_count === "number" ? body.row_count : objects.length };
}
