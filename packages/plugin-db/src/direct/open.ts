import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { NoetlError } from "@noetl/core";
import {
  databaseFile,
  dataFolder,
  type Environment,
  environmentKeys,
  fixedKeys,
  openPostgresStore,
  openSqliteStore,
  postgresTarget,
  type Store,
} from "@noetl/store";

export interface Direct {
  store: Store;
  /** file or host; never a password */
  where: string;
  /** data folder of SQLite */
  folder?: string;
}

/** Where `--direct` goes: PostgreSQL when the environment names it, else the database of this machine (decision 11). */
export function directTarget(env: Environment): { where: string; exists: boolean } {
  const target = postgresTarget(env);
  if (!target) {
    const file = databaseFile(dataFolder(env));
    return { where: file, exists: existsSync(file) };
  }
  return {
    where: "url" in target ? withoutSecrets(target.url) : `${target.host}:${target.port}/${target.database}`,
    exists: true,
  };
}

/** Works on the database itself and closes it. SQLite is made and brought up to date by opening it. */
export async function withDirect<T>(env: Environment, work: (direct: Direct) => Promise<T>): Promise<T> {
  const { where } = directTarget(env);
  const target = postgresTarget(env);
  const folder = dataFolder(env);
  // Schema and statements need no secrets: without a key none can be read, and none is written.
  const keys = environmentKeys(env) ?? fixedKeys({ id: "none", bytes: randomBytes(32) });
  const store = target ? await openPostgresStore({ target, keys, max: 2 }) : await openSqliteStore({ folder, env });
  try {
    return await work({ store, where, ...(!target && { folder }) });
  } finally {
    await store.close();
  }
}

function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) throw new NoetlError("validation", "E_DATABASE_URL", "NOETL_DATABASE_URL is not an address");
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port === "" ? "" : `:${port}`}${pathname}`;
}
