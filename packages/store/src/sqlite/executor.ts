import type { Clock } from "@noetl/core";
import { NoetlError } from "@noetl/core";
import type { Operation, Param, Row } from "../sql/statement.ts";
import type { Disk } from "./disk.ts";
import type { Connection, Prepared } from "./driver.ts";
import { isBusy, isFatal, sqliteError } from "./errors.ts";

/** Operations that share one commit, hence one fsync. Bounded so that nobody waits long for company. */
const GROUP = 256;
/** How long another process may hold the file before we give up, in ms. */
const PATIENCE = 10_000;

/** An operation of a group that was committed, or refused. */
interface Outcome {
  durable: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

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
 * Runs operations on one connection. Writes asked for in the same turn of the event loop share one transaction; one that fails
 * takes none of the others with it: they are done again, each in a savepoint of its own, which costs a copy of every page it
 * touches and hence is not done for all. So an operation may be run more than once. Those that must be durable are told when the disk
 * has them: a lone one waits on the spot, which is quickest; in company the disk works while the next group is written.
 */
export function executor(connection: Connection, path: string, clock: Clock, disk: Disk): Executor {
  // Only of text that lives on in the program; what is put together for one use would only burden the collector.
  const prepared = new WeakMap<readonly string[], Prepared>();
  const byText = new Map<string, Prepared>();
  let queue: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;

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

  const done = <T>({ durable, resolve, reject }: Waiting, value: T): Outcome => ({
    durable,
    resolve: () => resolve(value),
    reject,
  });
  const refused = ({ reject }: Waiting, error: unknown): Outcome => ({
    durable: false,
    resolve: () => reject(sqliteError(error, path)),
    reject,
  });

  /** An operation with a transaction of its own needs no savepoint. */
  const commitOne = (only: Waiting): Outcome[] => {
    control("BEGIN IMMEDIATE");
    try {
      const value = perform(only.operation);
      control("COMMIT");
      return [done(only, value)];
    } catch (error) {
      const rolledBack = !connection.inTransaction;
      if (!rolledBack) connection.exec("ROLLBACK");
      if (rolledBack || isFatal(error)) throw error;
      return [refused(only, error)];
    }
  };

  /** Together, as if none could fail; undefined when one did, and nothing is written. */
  const commitTogether = (group: Waiting[]): Outcome[] | undefined => {
    control("BEGIN IMMEDIATE");
    try {
      const outcomes = group.map((waiting) => done(waiting, perform(waiting.operation)));
      control("COMMIT");
      return outcomes;
    } catch (error) {
      const rolledBack = !connection.inTransaction;
      if (!rolledBack) connection.exec("ROLLBACK");
      if (rolledBack || isFatal(error)) throw error;
      return undefined;
    }
  };

  /** Each in its own savepoint: one that fails takes none of the others with it. */
  const commitApart = (group: Waiting[]): Outcome[] => {
    const outcomes: Outcome[] = [];
    control("BEGIN IMMEDIATE");
    try {
      for (const waiting of group) {
        control("SAVEPOINT op");
        try {
          outcomes.push(done(waiting, perform(waiting.operation)));
        } catch (error) {
          if (isFatal(error) || !connection.inTransaction) throw error;
          control("ROLLBACK TO op");
          outcomes.push(refused(waiting, error));
        }
        control("RELEASE op");
      }
      control("COMMIT");
      return outcomes;
    } catch (error) {
      // SQLite may have rolled back by itself (disk full, I/O error).
      if (connection.inTransaction) connection.exec("ROLLBACK");
      throw error;
    }
  };

  const commit = (group: Waiting[]): Outcome[] => {
    const [only] = group;
    if (only && group.length === 1) return commitOne(only);
    return commitTogether(group) ?? commitApart(group);
  };

  /** Nobody is told of what is not durable. */
  const settle = (outcomes: Outcome[]): void => {
    const durable = outcomes.filter((outcome) => outcome.durable);
    for (const outcome of outcomes) if (!outcome.durable) outcome.resolve();
    const [first] = durable;
    if (!first) return;
    const lost = (error: unknown) => {
      for (const outcome of durable) outcome.reject(sqliteError(error, path));
    };
    const kept = () => {
      for (const outcome of durable) outcome.resolve();
    };
    if (outcomes.length > 1 || queue.length > 0) {
      disk.sync().then(kept, lost);
      return;
    }
    try {
      disk.syncNow();
      kept();
    } catch (error) {
      lost(error);
    }
  };

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.slice(0, GROUP);
      queue = queue.slice(GROUP);
      try {
        settle(await patiently(() => commit(group)));
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
      await disk.close();
    },
  };
}

function encode(value: Param): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Array.isArray(value)) return JSON.stringify(value);
  return value;
}
