import type { Clock } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import type { Operation, Param, Row } from "../sql/statement.ts";
import type { Connection, Prepared } from "./driver.ts";
import { isBusy, isFatal, sqliteError } from "./errors.ts";

/** Operations that share one commit, hence one fsync. Bounded so that nobody waits long for company. */
const GROUP = 256;
/** How long another process may hold the file before we give up, in ms. */
const PATIENCE = 10_000;

interface Waiting {
  operation: () => Operation<unknown>;
  durable: boolean;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

export interface Executor {
  read<T>(operation: () => Operation<T>): Promise<T>;
  write<T>(operation: () => Operation<T>, options?: { durable?: boolean }): Promise<T>;
  /** After the writes that were accepted. */
  close(): Promise<void>;
}

/**
 * Runs operations on one connection. Writes asked for in the same turn of the event loop share one transaction, each
 * in its own savepoint: one that fails takes none of the others with it. A group waits for the disk when one of them must.
 */
export function executor(connection: Connection, path: string, clock: Clock): Executor {
  // Only of text that lives on in the program; what is put together for one use would only burden the collector.
  const prepared = new WeakMap<readonly string[], Prepared>();
  const byText = new Map<string, Prepared>();
  let queue: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;
  let synchronous = true;

  const statement = (chunks: readonly string[]): Prepared => {
    const known = prepared.get(chunks);
    if (known) return known;
    const text = chunks.join("?");
    const found = byText.get(text) ?? connection.prepare(text);
    byText.set(text, found);
    if (Object.isFrozen(chunks)) prepared.set(chunks, found);
    return found;
  };

  const control = (text: string) => void statement([text]).all([]);

  // WAL keeps the order: the next commit that waits for the disk waits for those before it as well.
  const synchronize = (wanted: boolean) => {
    if (wanted === synchronous) return;
    // Takes effect when it is compiled, hence not prepared.
    connection.exec(`PRAGMA noetl.synchronous = ${wanted ? "FULL" : "NORMAL"}`);
    synchronous = wanted;
  };

  const perform = <T>(operation: () => Operation<T>): T => {
    const run = operation();
    let step = run.next();
    while (!step.done) {
      let rows: Row[];
      try {
        rows = statement(step.value.chunks).all(step.value.values.map(encode));
      } catch (error) {
        run.return(undefined as never);
        throw error;
      }
      step = run.next(rows);
    }
    return step.value;
  };

  const patiently = async <T>(attempt: () => T): Promise<T> => {
    const deadline = clock.now() + PATIENCE;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error) || clock.now() > deadline) throw sqliteError(error, path);
        await clock.sleep(pause);
      }
    }
  };

  /** An operation with a transaction of its own needs no savepoint. */
  const commitOne = ({ operation, durable, resolve, reject }: Waiting): (() => void)[] => {
    synchronize(durable);
    control("BEGIN IMMEDIATE");
    try {
      const value = perform(operation);
      control("COMMIT");
      return [() => resolve(value)];
    } catch (error) {
      const rolledBack = !connection.inTransaction;
      if (!rolledBack) connection.exec("ROLLBACK");
      if (rolledBack || isFatal(error)) throw error;
      return [() => reject(sqliteError(error, path))];
    }
  };

  /** Each settles only after the commit: nobody is told of what is not durable. */
  const commit = (group: Waiting[]): (() => void)[] => {
    const [only] = group;
    if (only && group.length === 1) return commitOne(only);
    const settle: (() => void)[] = [];
    synchronize(group.some(({ durable }) => durable));
    control("BEGIN IMMEDIATE");
    try {
      for (const { operation, resolve, reject } of group) {
        control("SAVEPOINT op");
        try {
          const value = perform(operation);
          settle.push(() => resolve(value));
        } catch (error) {
          if (isFatal(error) || !connection.inTransaction) throw error;
          control("ROLLBACK TO op");
          settle.push(() => reject(sqliteError(error, path)));
        }
        control("RELEASE op");
      }
      control("COMMIT");
      return settle;
    } catch (error) {
      // SQLite may have rolled back by itself (disk full, I/O error).
      if (connection.inTransaction) connection.exec("ROLLBACK");
      throw error;
    }
  };

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.slice(0, GROUP);
      queue = queue.slice(GROUP);
      try {
        for (const settle of await patiently(() => commit(group))) settle();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    flushing = undefined;
  };

  const open = () => {
    if (closed) throw new NoetlError("unavailable", "STORE_CLOSED", `${path} was closed`);
  };

  return {
    async read(operation) {
      open();
      return patiently(() => perform(operation));
    },
    write<T>(operation: () => Operation<T>, { durable = true }: { durable?: boolean } = {}): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        open();
        queue.push({ operation, durable, resolve: resolve as (value: unknown) => void, reject });
        flushing ??= new Promise<void>((done) => setImmediate(done)).then(flush);
      });
    },
    async close() {
      closed = true;
      await flushing;
    },
  };
}

function encode(value: Param): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Array.isArray(value)) return JSON.stringify(value);
  return value;
}
