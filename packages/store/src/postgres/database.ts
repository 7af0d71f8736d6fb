import { createHash } from "node:crypto";
import { NoetlError } from "@noetl/core";
import type { Pool, PoolClient } from "pg";
import type { Database } from "../sql/database.ts";
import type { Operation, Row, Statement } from "../sql/statement.ts";
import { runStatement } from "./console.ts";
import { isRace, postgresError } from "./errors.ts";
import { migrate } from "./migrate.ts";

const ATTEMPTS = 5;

export interface PostgresDatabase extends Database {
  readonly dialect: "postgres";
  /** One statement, its own transaction, one round trip. Rejects with the driver's error. */
  once(statement: Statement): Promise<Row[]>;
}

/** `statements`: how many different ones are prepared per connection; 0 behind a pooler in transaction mode. */
export function postgresDatabase(pool: Pool, statements: number): PostgresDatabase {
  const prepared = preparer(statements);
  let closing: Promise<void> | undefined;

  const perform = async <T>(on: Pool | PoolClient, operation: () => Operation<T>): Promise<T> => {
    const run = operation();
    let step = run.next();
    while (!step.done) step = run.next((await on.query(prepared(step.value))).rows as Row[]);
    return step.value;
  };

  const transaction = async <T>(operation: () => Operation<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    // A connection that dies between two statements says so here first.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      await client.query("BEGIN");
      const value = await perform(client, operation);
      await client.query("COMMIT");
      return value;
    } catch (error) {
      await client.query("ROLLBACK").catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  };

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing) throw new NoetlError("unavailable", "STORE_CLOSED", "the store was closed");
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isRace(error) || attempt === ATTEMPTS) throw postgresError(error);
      }
    }
  };

  return {
    dialect: "postgres",
    once: async (statement) => (await pool.query(prepared(statement))).rows as Row[],
    read: (operation) => guarded(() => perform(pool, operation)),
    write: (operation, { atomic = true } = {}) =>
      guarded(() => (atomic ? transaction(operation) : perform(pool, operation))),
    query: (input) => guarded(() => runStatement(pool, input)),
    pool: () => ({
      max: pool.options.max ?? 10,
      size: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    migrate: () => guarded(() => migrate(pool)),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

interface Query {
  text: string;
  values: unknown[];
  name?: string;
}

/** Statements with a name are parsed and planned once a connection; the rest of a busy day's variants are not. */
function preparer(capacity: number): (statement: Statement) => Query {
  const texts = new WeakMap<readonly string[], string>();
  const names = new Map<string, string>();
  return (statement) => {
    const { chunks } = statement;
    const text = texts.get(chunks) ?? chunks.reduce((built, chunk, index) => `${built}$${index}${chunk}`);
    texts.set(chunks, text);
    const values = [...statement.values];
    const known = names.get(text);
    if (known !== undefined) return { text, values, name: known };
    // Lists of any length make a text each; what stands in the program is worth a name however long it is.
    const listed = values.length > 40 && !Object.isFrozen(chunks);
    if (names.size >= capacity || listed) return { text, values };
    const name = createHash("sha256").update(text).digest("hex").slice(0, 32);
    names.set(text, name);
    return { text, values, name };
  };
}
