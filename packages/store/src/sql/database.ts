import type { PoolStatus, StatementAnswer, StatementInput } from "../port/console.ts";
import type { Operation } from "./statement.ts";

/** An open database of either kind. Rejects with `NoetlError`. */
export interface Database {
  readonly dialect: "sqlite" | "postgres";
  /** Reads committed rows; a multi-statement read may see a write between two statements. */
  read<T>(operation: () => Operation<T>): Promise<T>;
  /**
   * One transaction, all or nothing; `operation` may be started again after a lost race. Durable when it resolves.
   * `atomic: false` when each statement may stand alone: it spares PostgreSQL two round trips. `durable: false` when a power
   * cut may undo it, as it may not what is written later: it spares SQLite the wait for the disk. The death of the process
   * undoes nothing.
   */
  write<T>(operation: () => Operation<T>, options?: { atomic?: boolean; durable?: boolean }): Promise<T>;
  /** A statement of somebody else. */
  query(input: StatementInput): Promise<StatementAnswer>;
  /** undefined where there is no pool */
  pool(): PoolStatus | undefined;
  migrate(): Promise<void>;
  close(): Promise<void>;
}
