import type { Context } from "../context.ts";
import type { Dedup, Leases } from "../port/runtimes.ts";
import { sql } from "../sql/statement.ts";
import { at, text } from "../sql/values.ts";

/** `Leases` over any database. */
export function leases(context: Context): Leases {
  const { db, clock } = context;
  return {
    acquire: (name, owner, ttlMs) =>
      db.write(function* () {
        const now = clock.now();
        const won = yield sql`
          INSERT INTO noetl.lease (name, owner, expires_at) VALUES (${name}, ${owner}, ${at(now + ttlMs)})
          ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
            WHERE noetl.lease.owner = excluded.owner OR noetl.lease.expires_at <= ${at(now)}
          RETURNING name`;
        return won.length === 1;
      }),
    release: (name, owner) =>
      db.write(function* () {
        yield sql`DELETE FROM noetl.lease WHERE name = ${name} AND owner = ${owner}`;
      }),
  };
}

/** `Dedup` over any database. */
export function dedup(context: Context): Dedup {
  const { db, clock } = context;
  return {
    claim: ({ scope, key, execution_id, window_ms }) =>
      db.write(function* () {
        const now = clock.now();
        const won = yield sql`
          INSERT INTO noetl.subscription_dedup (subscription_id, dedup_key, execution_id, created_at, expires_at)
          VALUES (${scope}, ${key}, ${execution_id}, ${at(now)}, ${at(now + window_ms)})
          ON CONFLICT (subscription_id, dedup_key) DO UPDATE SET execution_id = excluded.execution_id,
            created_at = excluded.created_at, expires_at = excluded.expires_at
            WHERE noetl.subscription_dedup.expires_at <= ${at(now)}
          RETURNING execution_id`;
        if (won.length === 1) return execution_id;
        const [earlier] = yield sql`SELECT execution_id FROM noetl.subscription_dedup
          WHERE subscription_id = ${scope} AND dedup_key = ${key}`;
        return earlier ? text(earlier.execution_id) : execution_id;
      }),
    collect: (now) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.subscription_dedup WHERE expires_at <= ${at(now)} RETURNING dedup_key`;
        return gone.length;
      }),
  };
}
