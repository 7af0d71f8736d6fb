import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Clock, Ids } from "@noetl/core";
import { ensureError, NoetlError, snowflakes, systemClock } from "@noetl/core";
import { assemble } from "../assemble.ts";
import type { Context } from "../context.ts";
import { databaseFile, keyFile, resultsFolder } from "../data-folder.ts";
import { eventLog } from "../log/log.ts";
import { resultFiles } from "../results/files.ts";
import { environmentKeys } from "../secrets/environment.ts";
import { fileKeys } from "../secrets/key-file.ts";
import { type Environment, fixedKeys, type Keys, temporaryKeys } from "../secrets/keys.ts";
import type { Store } from "../store.ts";
import { appendMany } from "./append.ts";
import { openDatabase } from "./database.ts";

export interface SqliteOptions {
  /** the database file; its folder also holds the key and large results. One of `path`, `folder` */
  path?: string;
  /** data folder: the file is `noetl.db` in it */
  folder?: string;
  /** `NOETL_ENCRYPTION_KEY` is read from it; else a key file is made when first needed */
  env?: Environment;
  /** a server, which stays and writes much; its write-ahead log grows to 16 MB instead of 4 */
  resident?: boolean;
  /** 32 bytes; before `env` and file */
  key?: Uint8Array | (() => Uint8Array);
  keys?: Keys;
  clock?: Clock;
  ids?: Ids;
}

/**
 * The embedded store, ready to use: folder, file and schema are made. Several processes may have it open at once.
 * `unavailable` locked, read-only, full · `terminal` damaged, newer.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const path = resolve(options.path ?? databaseFile(options.folder ?? "."));
  const folder = dirname(path);
  const clock = options.clock ?? systemClock;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new NoetlError("unavailable", "STORE_UNREACHABLE", `cannot create ${folder}`, {
      cause: ensureError(error),
      hint: "set NOETL_HOME to a folder that is yours",
    });
  }
  const db = await openDatabase(path, clock, { resident: options.resident ?? false });
  const ids = options.ids ?? snowflakes({ clock });
  const keys = keysOf(options) ?? fileKeys(keyFile(folder));
  return migrated(assembled({ db, clock, ids, keys, files: resultFiles(resultsFolder(folder)) }));
}

/** The same store in memory: nothing outlives `close`. */
export async function openMemoryStore(
  options: Pick<SqliteOptions, "key" | "keys" | "clock" | "ids"> = {},
): Promise<Store> {
  const clock = options.clock ?? systemClock;
  const db = await openDatabase(":memory:", clock);
  const ids = options.ids ?? snowflakes({ clock });
  return migrated(assembled({ db, clock, ids, keys: keysOf(options) ?? temporaryKeys() }));
}

function assembled(context: Context): Store {
  const append = appendMany(context.db);
  return assemble(context, { log: { ...eventLog(context), append: (input) => append(input, context.clock.now()) } });
}

function keysOf({ key, keys, env }: Pick<SqliteOptions, "key" | "keys" | "env">): Keys | undefined {
  if (keys) return keys;
  if (key) return fixedKeys({ id: "given", bytes: typeof key === "function" ? key() : key });
  return env && environmentKeys(env);
}

async function migrated(store: Store): Promise<Store> {
  try {
    await store.migrate();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
