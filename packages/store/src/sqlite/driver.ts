/** Everything `node:sqlite` and `bun:sqlite` do differently. Integers arrive as bigint from both. */
export interface Connection {
  exec(sql: string): void;
  prepare(sql: string): Prepared;
  readonly inTransaction: boolean;
  close(): void;
}

export interface Prepared {
  all(values: readonly unknown[]): Record<string, unknown>[];
  /** names in order; undefined where the driver does not tell */
  columns(): string[] | undefined;
}

type BunStatement = { all(...values: unknown[]): Record<string, unknown>[]; columnNames?: string[] };
type BunDatabase = {
  run(sql: string): unknown;
  prepare(sql: string): BunStatement;
  inTransaction: boolean;
  close(): void;
};
type BunSqlite = {
  Database: new (path: string, options: { safeIntegers: boolean; create: boolean; readwrite: boolean }) => BunDatabase;
};

export async function connect(path: string): Promise<Connection> {
  return "Bun" in globalThis ? connectBun(path) : connectNode(path);
}

async function connectNode(path: string): Promise<Connection> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return {
        all: (values) => statement.all(...(values as string[])),
        // Not in every Node 22.
        columns: () => ("columns" in statement ? statement.columns().map(({ name }) => name) : undefined),
      };
    },
    get inTransaction() {
      return database.isTransaction;
    },
    close: () => database.close(),
  };
}

async function connectBun(path: string): Promise<Connection> {
  // The name is kept from bundlers and the type checker: it exists inside Bun only.
  const name = "bun:sqlite";
  const { Database } = (await import(name)) as BunSqlite;
  const database = new Database(path, { safeIntegers: true, create: true, readwrite: true });
  return {
    exec: (sql) => void database.run(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      return { all: (values) => statement.all(...values), columns: () => statement.columnNames };
    },
    get inTransaction() {
      return database.inTransaction;
    },
    close: () => database.close(),
  };
}

/** SQLite's primary result code (5 BUSY, 8 READONLY, 11 CORRUPT, 13 FULL, 19 CONSTRAINT …) of an error of either driver. */
export function resultCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { errcode, errno } = error as { errcode?: unknown; errno?: unknown };
  const code = typeof errcode === "number" ? errcode : errno;
  return typeof code === "number" && code > 0 ? code & 0xff : undefined;
}
