import type { PoolStatus, StatementAnswer, StatementInput } from "../port/console.ts";
import type { Operation } from "./statement.ts";

/** An open database of either kind. Rejects with `NoetlError`. */
export interface Database {
  readonly dialect: "sqlite" | "postgres";
  /** Reads committed rows; a multi-statement read may see a write between two statements. */
  read<T>(operation: () => Operation<T>): Promise<T>;
  /**
   * One transaction, all or nothing; `operation` may be started again after a lost race. Durable when it resolves.
   * `atomic: false` when each statement may stand alone: it spares PostgreSQL two round trips.
   */
  write<T>(operation: () => Operation<T>, options?: { atomic?: boolean }): Promise<T>;
  /** A statement of somebody else. */
  query(input: StatementInput): Promise<StatementAnswer>;
  /** undefined where there is no pool */
  pool(): PoolStatus | undefined;
  migrate(): Promise<void>;
  close(): Promise<void>;
}
