import type { ClientBase, Pool } from "pg";
import type { PostgresTarget } from "./target.ts";

export interface PoolOptions {
  /** connections, default 10 */
  max?: number;
  /** how long a caller waits for a free one, ms; default 30 s */
  acquireTimeoutMs?: number;
  /** a pooler stands between, which hands out connections as they are */
  pooler?: boolean;
}

/**
 * Every statement of the store finds its rows by an index. A plan is kept as long as its connection, and one that was made
 * while the tables were empty would read all of them when they are full.
 */
const PLANS = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/** A pool whose rows hold: ids as text, times as milliseconds, JSON as its text. Connects when first used. */
export async function openPool(target: PostgresTarget, options: PoolOptions): Promise<Pool> {
  const { default: pg } = await import("pg");
  const parsers: { [oid: number]: (text: string) => unknown } = {
    [pg.types.builtins.TIMESTAMPTZ]: (text) => instant(pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text)),
    // Columns without a zone hold UTC (server-api §1.2).
    [pg.types.builtins.TIMESTAMP]: (text) => Date.parse(`${text.replace(" ", "T")}Z`),
    [pg.types.builtins.JSON]: (text) => text,
    [pg.types.builtins.JSONB]: (text) => text,
  };
  const pool = new pg.Pool({
    ...("url" in target ? { connectionString: target.url } : target),
    max: options.max ?? 10,
    connectionTimeoutMillis: options.acquireTimeoutMs ?? 30_000,
    // Not in the start-up message: some poolers refuse what they do not know there.
    ...(options.pooler ? {} : { onConnect: async (client: ClientBase) => void (await client.query(PLANS)) }),
    keepAlive: true,
    application_name: "noetl",
    types: { getTypeParser: (oid: number, format) => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
  });
  // An idle connection that breaks is replaced on next use; without a listener it would end the process.
  pool.on("error", () => undefined);
  return pool;
}

function instant(value: unknown): number {
  return value instanceof Date ? value.getTime() : Number.NaN;
}
