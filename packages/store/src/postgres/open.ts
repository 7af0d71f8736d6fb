import type { Clock, Ids } from "@noetl/core";
import { NoetlError, snowflakes, systemClock } from "@noetl/core";
import { assemble } from "../assemble.ts";
import { commands } from "../commands/commands.ts";
import type { Context } from "../context.ts";
import { eventLog } from "../log/log.ts";
import { environmentKeys } from "../secrets/environment.ts";
import type { Environment, Keys } from "../secrets/keys.ts";
import type { Store } from "../store.ts";
import { appendGroups } from "./append.ts";
import { claimGroups } from "./claim.ts";
import { postgresDatabase } from "./database.ts";
import { openPool, type PoolOptions } from "./pool.ts";
import type { PostgresTarget } from "./target.ts";

export interface PostgresOptions extends PoolOptions {
  target: PostgresTarget;
  keys?: Keys;
  /** read for `NOETL_ENCRYPTION_KEY` when no keys are given */
  env?: Environment;
  /** statements prepared a connection, default 100; 0 behind a pooler in transaction mode */
  statements?: number;
  clock?: Clock;
  ids?: Ids;
}

/** The store of a cluster. Call `migrate()` before use. Refuses to open without a key (decision 17). */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const keys = options.keys ?? environmentKeys(options.env ?? {});
  if (!keys) {
    throw new NoetlError("validation", "E_ENCRYPTION_KEY", "a server on PostgreSQL needs NOETL_ENCRYPTION_KEY", {
      hint: "make one with: openssl rand -base64 32; give the same to every server; or name a keeper of keys with NOETL_KMS_PROVIDER",
    });
  }
  const clock = options.clock ?? systemClock;
  const statements = options.statements ?? 100;
  const pooler = options.pooler ?? statements === 0;
  const db = postgresDatabase(await openPool(options.target, { ...options, pooler }), statements);
  const context: Context = { db, clock, ids: options.ids ?? snowflakes({ clock }), keys };
  return assemble(context, {
    log: { ...eventLog(context), append: appendGroups(db, clock) },
    commands: { ...commands(context), claim: claimGroups(db, clock) },
  });
}
