import type { PoolClient } from "pg";
import { quoteIdentifier } from "../sql/identifier.ts";
import type { Statement } from "../sql/split.ts";
import type { ConnectionPool } from "./pool.ts";

export interface SessionSettings {
  /** ms; 0 = none */
  statementTimeout: number;
  /** put first in the search path */
  schema?: string | undefined;
}

/** Brings a connection into the state that the parsers of `types.ts` and the step rely on; no round trip when it is in it. */
export async function prepareSession(
  pool: ConnectionPool,
  client: PoolClient,
  settings: SessionSettings,
): Promise<void> {
  const wanted = [
    "SET DateStyle TO 'ISO, MDY'",
    "SET IntervalStyle TO 'postgres'",
    "SET bytea_output TO 'hex'",
    "SET idle_in_transaction_session_timeout TO 45000",
    `SET statement_timeout TO ${Math.ceil(settings.statementTimeout)}`,
    settings.schema === undefined
      ? "RESET search_path"
      : `SET search_path TO ${quoteIdentifier(settings.schema)}, public`,
  ].join("; ");
  if (pool.settings.get(client) === wanted) return;
  await client.query(wanted);
  pool.settings.set(client, wanted);
}

const PLAIN: ReadonlySet<string> = new Set([
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "MERGE",
  "VALUES",
  "WITH",
  "TABLE",
  "TRUNCATE",
]);
const STATEFUL = /set_config|advisory|\btemp(orary)?\b|\binto\b(?<!insert\s+into)(?<!merge\s+into)/i;

/**
 * Gives a connection back. An open transaction is rolled back first. What statements may leave in a session (settings,
 * temporary tables, locks, listens) must not be seen by the next step, so it is discarded; the caller need not wait for that.
 */
export async function releaseSession(
  pool: ConnectionPool,
  client: PoolClient,
  statements: readonly Statement[],
  broken: boolean,
): Promise<void> {
  if (broken) {
    client.release(true);
    return;
  }
  const drop = () => client.release(true);
  if (client.getTransactionStatus() !== "I") {
    try {
      await client.query("ROLLBACK");
    } catch {
      // A connection that cannot even roll back is dropped, and the server rolls back.
      drop();
      return;
    }
  }
  if (statements.every(isStateless)) {
    client.release();
    return;
  }
  pool.settings.delete(client);
  client.query("DISCARD ALL").then(() => client.release(), drop);
}

function isStateless({ text, words }: Statement): boolean {
  return PLAIN.has(words[0] ?? "") && !STATEFUL.test(text);
}
