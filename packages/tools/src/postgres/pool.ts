import { createHash } from "node:crypto";
import { NoetlError } from "@noetl/core";
import type { Client, Pool, PoolClient } from "pg";
import type { ToolCall } from "../tool.ts";
import { type Connection, clientConfig } from "./connection.ts";
import { poolsOf } from "./waiting.ts";

/** Idle connections are closed after this (worker-and-tools §11.5). */
const IDLE_MS = 300_000;
const ACQUIRE_MS = 30_000;

/** DSL §22. `timeout` in seconds. */
export interface PoolOptions {
  name?: string | undefined;
  min_size?: number | undefined;
  max_size?: number | undefined;
  max_waiting?: number | undefined;
  timeout?: number | undefined;
}

/** The connections of one identity: who connects where, with which pool options. */
export interface ConnectionPool {
  readonly pool: Pool;
  /** session settings that a connection has now; absent = those of the server */
  readonly settings: WeakMap<Client, string>;
  /** Ends what a backend is doing, over a connection of its own. */
  cancel(client: Client): Promise<void>;
}

/** The pool of this identity, shared by everything in the process; made at first use. */
export function openPool(
  call: ToolCall,
  connection: Connection,
  options: PoolOptions,
  signal: AbortSignal,
): Promise<ConnectionPool> {
  const holder = call.env.resources.get<{ pool?: Promise<ConnectionPool> }>(
    // Hashed: the identity holds the password.
    `postgres:${createHash("sha256")
      .update(JSON.stringify([connection, options]))
      .digest("hex")}`,
    () => ({}),
    async ({ pool }) => (await pool)?.pool.end(),
  );
  holder.pool ??= create(call, connection, options, signal).catch((error: unknown) => {
    delete holder.pool;
    throw error;
  });
  return holder.pool;
}

async function create(
  call: ToolCall,
  connection: Connection,
  options: PoolOptions,
  signal: AbortSignal,
): Promise<ConnectionPool> {
  const { default: pg } = await import("pg");
  const directory = call.env.playbookDirectory ?? call.env.workingDirectory;
  const config = await clientConfig(connection, directory, signal);
  const pool = new pg.Pool({
    ...config,
    min: options.min_size ?? 0,
    max: Math.max(1, options.max_size ?? 6),
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: ACQUIRE_MS,
    allowExitOnIdle: true,
  });
  // A connection that breaks while idle has left the pool already; without a listener it would end the process.
  pool.on("error", () => {});
  poolsOf(call.env.resources).add(pool);
  return {
    pool,
    settings: new WeakMap(),
    async cancel(client) {
      const other = new pg.Client({ ...config, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
      other.on("error", () => {});
      await other.connect();
      try {
        await other.query("SELECT pg_cancel_backend($1)", [backendOf(client)]);
      } finally {
        await other.end();
      }
    },
  };
}

function backendOf(client: Client): unknown {
  return "processID" in client ? client.processID : null;
}

/**
 * A connection, when one is free within the pool's `timeout`. Rejects with `NoetlError` meaning `unavailable`, code
 * `POOL_EXHAUSTED` or `CONN_TIMEOUT`, or with what `pg` threw; at once when `signal` fires.
 */
export function acquire(
  { pool }: ConnectionPool,
  options: PoolOptions,
  connectMs: number | undefined,
  signal: AbortSignal,
): Promise<PoolClient> {
  if (pool.waitingCount >= (options.max_waiting ?? 50)) {
    return Promise.reject(
      new NoetlError("unavailable", "POOL_EXHAUSTED", `${pool.waitingCount} calls wait for a connection already`),
    );
  }
  const limit = options.timeout === undefined ? (connectMs ?? ACQUIRE_MS) : options.timeout * 1_000;
  return new Promise((resolve, reject) => {
    let given = false;
    const giveUp = (reason: unknown) => {
      given = true;
      stopWaiting();
      reject(reason);
    };
    const onAbort = () => giveUp(signal.reason);
    const timer = setTimeout(() => {
      const full = pool.totalCount >= pool.options.max && pool.waitingCount > 0;
      const code = full ? "POOL_EXHAUSTED" : "CONN_TIMEOUT";
      giveUp(
        new NoetlError(
          "unavailable",
          code,
          `no connection within ${limit / 1_000} s${full ? `: all ${pool.totalCount} of the pool are busy` : ""}`,
        ),
      );
    }, limit);
    const stopWaiting = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    pool.connect().then(
      (client) => {
        if (given) return client.release();
        stopWaiting();
        resolve(client);
      },
      (error: unknown) => {
        if (!given) giveUp(error);
      },
    );
  });
}
