import type { Json } from "@noetl/core";
import type { PoolClient } from "pg";
import { readConnection } from "../../postgres/connection.ts";
import { describeParameters } from "../../postgres/describe.ts";
import { acquire, openPool } from "../../postgres/pool.ts";
import { prepareSession, releaseSession } from "../../postgres/session.ts";
import { parameterText } from "../../postgres/statement.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import { bindParameters } from "../../sql/parameters.ts";
import type { ToolCall } from "../../tool.ts";
import { type Chunk, recordsOf } from "../chunk.ts";
import { insertStatement, lastPerKey, type Mode, rowsPerStatement } from "../insert.ts";
import { connectionOf, credentialOf, need } from "../side.ts";
import type { TargetConfig } from "../tool.ts";
import type { WithTarget, Write } from "./target.ts";

export interface Plan {
  mode: Mode;
  /** of an upsert */
  keys: readonly string[] | undefined;
  /** values are the text that PostgreSQL printed, and go back as they are */
  verbatim: boolean;
  /** text that goes into a column of bytes is Base64, as the source's values are */
  base64: boolean;
}

const BYTEA = 17;

/** Writes into a table of PostgreSQL in one transaction. */
export function postgresTarget(config: TargetConfig, plan: Plan, call: ToolCall, signal: AbortSignal): WithTarget {
  return async (transfer) => {
    const connection = readConnection(connectionOf(config), credentialOf("target", config, call));
    const options = { name: "transfer-target" };
    const pool = await openPool(call, connection, options, signal);
    const client = await acquire(pool, options, call.timeout.connect, signal);
    let broken = true;
    try {
      await prepareSession(pool, client, { statementTimeout: 0, schema: connection.schema });
      await client.query("BEGIN");
      // In the same transaction: until the new rows are there, others see the old ones.
      if (plan.mode === "replace")
        await client.query(`TRUNCATE ${quoteQualified(need(config.table, "target.table", "what to replace"))}`);
      await transfer(writer(client, config, plan));
      signal.throwIfAborted();
      await client.query("COMMIT");
      broken = false;
    } finally {
      // Dropping the connection rolls back.
      await releaseSession(pool, client, [], broken);
    }
  };
}

function writer(client: PoolClient, config: TargetConfig, plan: Plan): Write {
  if (config.query !== undefined) return eachRow(client, config.query, plan);
  const table = need(config.table, "target.table", "where to write");
  let types: number[] | undefined;
  return async (chunk) => {
    const { columns } = chunk;
    if (!plan.verbatim) types ??= await describeParameters(client, insertStatement(table, columns, 1, undefined));
    const rows = plan.keys === undefined ? chunk.rows : lastPerKey(chunk, plan.keys);
    const size = rowsPerStatement(columns.length, rows.length);
    for (let start = 0; start < rows.length; start += size) {
      const part = rows.slice(start, start + size);
      const values = part.flatMap((row) => row.map((value, index) => textOf(value, types?.[index], plan.base64)));
      await client.query(insertStatement(table, columns, part.length, plan.keys), values);
    }
  };
}

function eachRow(client: PoolClient, query: string, plan: Plan): Write {
  let types: number[] | undefined;
  return async (chunk: Chunk) => {
    for (const record of recordsOf(chunk)) {
      const { text, values } = bindParameters(query, record);
      if (!plan.verbatim) types ??= await describeParameters(client, text);
      await client.query(
        text,
        values.map((value, index) => textOf(value, types?.[index], plan.base64)),
      );
    }
  };
}

/** Without a type the value is PostgreSQL's own text. */
function textOf(value: Json, type: number | undefined, base64: boolean): string | null {
  if (typeof value === "string" && type === BYTEA && base64)
    return `\\x${Buffer.from(value, "base64").toString("hex")}`;
  return type === undefined && typeof value === "string" ? value : parameterText(value, type ?? 0);
}
