import { ensureError, type Json, type JsonObject, NoetlError, parseJson } from "@noetl/core";
import type { Pool, QueryConfig } from "pg";
import type { StatementAnswer, StatementInput } from "../port/console.ts";
import { checkStatement } from "../sql/one-statement.ts";
import { postgresError, stateOf } from "./errors.ts";

const TIMEOUT_MS = 30_000;

/**
 * Runs one statement in a transaction of its own, read-only unless it may write. Sent in the extended protocol, which takes
 * a single statement: none can end the transaction and start another. Meaning `terminal` when it fails.
 */
export async function runStatement(pool: Pool, input: StatementInput): Promise<StatementAnswer> {
  checkStatement(input.text);
  const { default: pg } = await import("pg");
  const plain: { [oid: number]: (text: string) => unknown } = {
    [pg.types.builtins.JSON]: parseJson,
    [pg.types.builtins.JSONB]: parseJson,
    [pg.types.builtins.TIMESTAMPTZ]: (text) => text,
    [pg.types.builtins.TIMESTAMP]: (text) => text,
    [pg.types.builtins.DATE]: (text) => text,
  };
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(input.write ? "BEGIN" : "BEGIN READ ONLY");
    await client.query("SELECT set_config('statement_timeout', $1, true)", [String(input.timeoutMs ?? TIMEOUT_MS)]);
    // It is not one of ours: all plans are open to it.
    await client.query(
      "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; SET LOCAL jit = on",
    );
    if (input.schema !== undefined) {
      await client.query("SELECT set_config('search_path', quote_ident($1), true)", [input.schema]);
    }
    // The driver's types do not know the mode yet.
    const query: QueryConfig & { queryMode: "extended" } = {
      text: input.text,
      values: [...(input.parameters ?? [])].map(encode),
      queryMode: "extended",
      types: { getTypeParser: (oid: number, format) => plain[oid] ?? pg.types.getTypeParser(oid, format) },
    };
    const result = await client.query<JsonObject>(query);
    await client.query("COMMIT");
    const { rows } = result;
    return { columns: result.fields.map(({ name }) => name), rows, row_count: result.rowCount ?? rows.length };
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    const cause = ensureError(error);
    if (!/^(?!08|57P|58)[0-9A-Z]{5}$/.test(stateOf(error))) throw postgresError(error);
    throw new NoetlError("terminal", "QUERY_FAILED", cause.message, { cause });
  } finally {
    client.release(broken);
  }
}

function encode(value: Json): unknown {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}
