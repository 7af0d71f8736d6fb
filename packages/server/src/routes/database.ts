import { ensureError, isNoetlError, isObject, type Json, NoetlError } from "@noetl/core";
import { z } from "zod";
import { runsStatements } from "../config/config.ts";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";

const REQUIRED = [
  "resource",
  "catalog",
  "transient",
  "event",
  "credential",
  "runtime",
  "schedule",
  "keychain",
  "command",
  "execution",
  "outbox",
];

const statement = z.object({
  query: z.string().nullish(),
  query_base64: z.string().nullish(),
  procedure: z.string().nullish(),
  parameters: z.unknown().optional(),
  schema: z.string().nullish(),
  db_schema: z.string().nullish(),
  database: z.string().nullish(),
  credential: z.string().nullish(),
  connection_string: z.string().nullish(),
  write: z.boolean().nullish(),
});

/** server-api §2.14 */
export function databaseRoutes(context: ServerContext): Route[] {
  const { store, config, console } = context;

  async function tables(): Promise<string[]> {
    const text =
      store.dialect === "sqlite"
        ? "SELECT name FROM noetl.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'noetl' ORDER BY table_name";
    return (await store.query({ text, write: false })).rows.map((row) => String(row.name));
  }

  return [
    route("POST", "/api/postgres/execute", {
      tag: "database",
      summary: "One statement; it only reads unless `write` is true. A failed one is 200 with status error",
      body: statement,
      async handle({ body }) {
        if (!runsStatements(config)) {
          throw new NoetlError("auth", "FORBIDDEN", "this server runs no statements without a token", {
            hint: "set NOETL_API_TOKEN, or NOETL_ENABLE_SQL_API=true",
          });
        }
        const schema = body.schema ?? body.db_schema;
        try {
          const answer = await console.run({
            text: textOf(body),
            parameters: parametersOf(body.parameters),
            write: body.write ?? false,
            ...(schema ? { schema } : {}),
            ...(body.database ? { database: body.database } : {}),
            ...(body.credential ? { credential: body.credential } : {}),
            ...(body.connection_string ? { connection_string: body.connection_string } : {}),
          });
          return {
            status: "ok",
            result: answer.rows,
            columns: answer.columns,
            row_count: answer.row_count,
            error: null,
          };
        } catch (error) {
          const cause = ensureError(error);
          if (!isNoetlError(cause) || cause.code !== "QUERY_FAILED") throw cause;
          return { status: "error", result: null, columns: [], row_count: 0, error: cause.message };
        }
      },
    }),
    route("POST", "/api/db/init", {
      tag: "database",
      summary: "Create or upgrade the schema; safe to repeat",
      async handle() {
        await store.migrate();
        return { status: "ok", message: "the schema is up to date" };
      },
    }),
    route("GET", "/api/db/validate", {
      tag: "database",
      summary: "Is the schema there?",
      async handle() {
        const found = await tables();
        // Kinds of documents are checked in code; only older schemas keep a table of them.
        const missing = REQUIRED.filter((name) => name !== "resource" && !found.includes(name));
        const valid = missing.length === 0;
        const message = valid ? "the schema is complete" : `missing: ${missing.join(", ")}`;
        return { status: valid ? "ok" : "error", valid, tables: found, missing, message };
      },
    }),
  ];
}

function textOf(body: z.infer<typeof statement>): string {
  if (body.query) return body.query;
  if (body.query_base64) return Buffer.from(body.query_base64, "base64").toString("utf8");
  if (!body.procedure)
    throw new NoetlError("validation", "BAD_REQUEST", "query, query_base64 or procedure is required");
  return /^\s*call\b/i.test(body.procedure) ? body.procedure : `CALL ${body.procedure}`;
}

/** A list is by position; anything else is the only one. */
function parametersOf(given: unknown): Json[] {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given)) return given as Json[];
  if (isObject(given)) throw new NoetlError("validation", "BAD_REQUEST", "parameters are a list, by position");
  return [given as Json];
}
