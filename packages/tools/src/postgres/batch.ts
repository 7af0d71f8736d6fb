import type { Json } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import type { PoolClient } from "pg";
import { type RowLimits, TooManyRows } from "../sql/limits.ts";
import type { StatementResult } from "../sql/result.ts";
import type { Statement } from "../sql/split.ts";
import { isLost, sqlstateOf, statementError } from "./errors.ts";
import type { ConnectionPool } from "./pool.ts";
import { prepareSession, releaseSession, type SessionSettings } from "./session.ts";
import { runStatement } from "./statement.ts";

/** The statements of one step and how to run them, in order, on one connection. */
export interface Batch {
  statements: readonly Statement[];
  /** parameters of the only statement */
  values: readonly Json[];
  transaction: boolean;
  continueAfterError: boolean;
  limits: RowLimits;
  session: SessionSettings;
}

/**
 * Runs a batch and gives the connection back. What each statement gave is put into `progress` as it comes, so that it is
 * known even when a later one fails. Rejects with the first error (or not at all with `continueAfterError`).
 */
export async function runBatch(
  pool: ConnectionPool,
  client: PoolClient,
  batch: Batch,
  signal: AbortSignal,
  progress: StatementResult[],
): Promise<void> {
  let broken = true;
  let open = false;
  try {
    await prepareSession(pool, client, batch.session);
    await runStatements(pool, client, batch, signal, progress);
    broken = false;
    open = client.getTransactionStatus() !== "I";
  } catch (error) {
    broken = isLost(error) || signal.aborted || error instanceof TooManyRows;
    throw error;
  } finally {
    await releaseSession(pool, client, batch.statements, broken);
  }
  if (!open) return;
  throw new NoetlError("terminal", "TRANSACTION_OPEN", "the SQL leaves a transaction open, so it was rolled back", {
    hint: "end it with COMMIT, or use `transaction: true`",
  });
}

async function runStatements(
  pool: ConnectionPool,
  client: PoolClient,
  batch: Batch,
  signal: AbortSignal,
  progress: StatementResult[],
): Promise<void> {
  const stopWatching = cancelOnAbort(pool, client, signal);
  try {
    if (batch.transaction) await client.query("BEGIN");
    for (const { text } of batch.statements) {
      signal.throwIfAborted();
      try {
        progress.push(await runStatement(client, text, batch.values, batch.limits, () => pool.cancel(client)));
      } catch (error) {
        const goesOn = batch.continueAfterError && sqlstateOf(error) !== undefined && !isLost(error);
        if (!goesOn || signal.aborted) throw error;
        progress.push({ rows: [], affected: null, error: { ...statementError(error, "postgres") } });
      }
    }
    if (batch.transaction) await client.query("COMMIT");
  } finally {
    stopWatching();
  }
}

const CUT_AFTER_MS = 3_000;

/** The server is told to stop, so that it does not go on for nobody; a connection that stays silent then is cut. */
function cancelOnAbort(pool: ConnectionPool, client: PoolClient, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => void client.end(), CUT_AFTER_MS);
    // A server that cannot be reached to cancel cannot answer either: the connection is cut.
    pool.cancel(client).catch(() => client.end());
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  };
}
