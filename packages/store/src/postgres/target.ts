import type { Environment } from "../secrets/keys.ts";

/** Where the database is; never printed, it holds a password. */
export type PostgresTarget =
  | { url: string }
  | { host: string; port: number; user: string; password: string; database: string };

/** `NOETL_DATABASE_URL`, or `POSTGRES_HOST` and its companions (decision 11, server-api §8.1); undefined: use SQLite. */
export function postgresTarget(env: Environment): PostgresTarget | undefined {
  if (env.NOETL_DATABASE_URL) return { url: env.NOETL_DATABASE_URL };
  if (!env.POSTGRES_HOST) return undefined;
  return {
    host: env.POSTGRES_HOST,
    port: Number(env.POSTGRES_PORT ?? 5432),
    user: env.NOETL_USER ?? env.POSTGRES_USER ?? "noetl",
    password: env.NOETL_PASSWORD ?? env.POSTGRES_PASSWORD ?? "",
    database: env.NOETL_POSTGRES_DB ?? env.POSTGRES_DB ?? env.POSTGRES_DATABASE ?? "noetl",
  };
}
