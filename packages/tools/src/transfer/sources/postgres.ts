import type { Json } from "@noetl/core";
import { readConnection } from "../../postgres/connection.ts";
import { acquire, openPool } from "../../postgres/pool.ts";
import { prepareSession, releaseSession } from "../../postgres/session.ts";
import { runStatement } from "../../postgres/statement.ts";
import { columnTypes } from "../../postgres/types.ts";
import { splitStatements } from "../../sql/split.ts";
import type { ToolCall } from "../../tool.ts";
import type { Chunk } from "../chunk.ts";
import { connectionOf, credentialOf, invalid, need } from "../side.ts";
import type { SourceConfig } from "../tool.ts";

const NO_LIMITS = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, onOverflow: "error" } as const;
const asText = {
  getTypeParser:
    () =>
    (text: string): Json =>
      text,
};

/**
 * Rows of a query, read through a cursor, so that only one chunk is in memory. `verbatim`: values as the text that
 * PostgreSQL prints, which another PostgreSQL reads back without loss.
 */
export async function* postgresRows(
  config: SourceConfig,
  size: number,
  verbatim: boolean,
  call: ToolCall,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const statements = splitStatements(need(config.query, "source.query", "what to read"));
  const [statement] = statements;
  if (statement === undefined || statements.length > 1) throw invalid("source.query must be one statement");
  const connection = readConnection(connectionOf(config), credentialOf("source", config, call));
  // A pool of its own: reading and writing the same server must not wait for each other's connections.
  const options = { name: "transfer-source" };
  const pool = await openPool(call, connection, options, signal);
  const client = await acquire(pool, options, call.timeout.connect, signal);
  let broken = true;
  try {
    await prepareSession(pool, client, { statementTimeout: 0, schema: connection.schema });
    await client.query("BEGIN READ ONLY");
    await client.query(`DECLARE transfer_rows NO SCROLL CURSOR FOR ${statement.text}`);
    for (;;) {
      signal.throwIfAborted();
      const parsers = verbatim ? asText : columnTypes;
      const { columns = [], rows } = await runStatement(
        client,
        `FETCH ${size} FROM transfer_rows`,
        [],
        NO_LIMITS,
        () => pool.cancel(client),
        parsers,
      );
      yield { columns, rows };
      if (rows.length < size) break;
    }
    broken = false;
  } finally {
    await releaseSession(pool, client, statements, broken);
  }
}
