import { NoetlError } from "@noetl/core";
import { type Attempt, startAttempt } from "../network/attempt.ts";
import { isRead } from "../sql/effects.ts";
import { partialData, sqlDone, sqlFailed } from "../sql/outcome.ts";
import { readCommand, withScript } from "../sql/read-command.ts";
import type { StatementResult } from "../sql/result.ts";
import type { Statement } from "../sql/split.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { type Batch, runBatch } from "./batch.ts";
import { type Connection, readConnection } from "./connection.ts";
import { isLost, pgMember, statementError } from "./errors.ts";
import { rowLimits, statementTimeout } from "./limits.ts";
import { acquire, openPool, type PoolOptions } from "./pool.ts";
import type { PostgresConfig } from "./tool.ts";

const TRIES = 3;
const FIRST_PAUSE_MS = 200;
/** The server's own limit is only there for the case that we cannot reach it to cancel. */
const GRACE_MS = 5_000;

/** Runs the SQL of a step; every failure is an outcome. */
export async function runPostgres(given: PostgresConfig, call: ToolCall): Promise<ToolDone> {
  const read = await withScript("postgres", given, call);
  if ("outcome" in read) return read.outcome;
  const { config } = read;
  const progress: StatementResult[] = [];
  let attempt: Attempt | undefined;
  let target = "postgres";
  try {
    attempt = startAttempt(call, statementTimeout(call));
    const connection = readConnection(config, call.auth.default ?? Object.values(call.auth)[0]);
    target = `${connection.host}:${connection.port}`;
    await runWithRetry(
      connection,
      config.pool ?? {},
      readBatch(config, connection.schema, call, attempt),
      call,
      attempt,
      progress,
    );
    return sqlDone(progress, config);
  } catch (error) {
    const rest = { ...partialData(progress, config), ...pgMember(error) };
    return attempt?.outcome(rest) ?? sqlFailed(statementError(error, target), progress.length, rest);
  } finally {
    attempt?.end();
  }
}

function readBatch(config: PostgresConfig, schema: string | undefined, call: ToolCall, attempt: Attempt): Batch {
  const { statements, values } = readCommand(config);
  refuseCopyStreams(statements);
  const transaction = config.transaction ?? false;
  return {
    statements,
    values,
    transaction,
    continueAfterError: config.on_error === "continue" && !transaction,
    limits: rowLimits(config, call),
    session: { statementTimeout: attempt.limit === undefined ? 0 : attempt.limit + GRACE_MS, schema },
  };
}

/** A connection that cannot be had, or is lost before anything but reading was done, is worth another one. */
async function runWithRetry(
  connection: Connection,
  options: PoolOptions,
  batch: Batch,
  call: ToolCall,
  attempt: Attempt,
  progress: StatementResult[],
): Promise<void> {
  for (let tries = 1; ; tries++) {
    let connected = false;
    try {
      const pool = await openPool(call, connection, options, attempt.signal);
      const client = await acquire(pool, options, call.timeout.connect, attempt.signal);
      connected = true;
      return await runBatch(pool, client, batch, attempt.signal, progress);
    } catch (error) {
      const harmless = !connected || batch.statements.every(isRead);
      if (!isLost(error) || !harmless || tries === TRIES || attempt.signal.aborted) throw error;
      progress.length = 0;
      await call.env.clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1), attempt.signal);
    }
  }
}

function refuseCopyStreams(statements: readonly Statement[]): void {
  const streams = statements.some(({ text, words }) => words[0] === "COPY" && /\b(stdin|stdout)\b/i.test(text));
  if (!streams) return;
  throw new NoetlError(
    "validation",
    "CONFIG_INVALID",
    "COPY FROM STDIN and COPY TO STDOUT need a data stream, which a step has not",
    {
      hint: "use a `transfer` step, or INSERT … SELECT",
    },
  );
}
