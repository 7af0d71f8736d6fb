import { NoetlError } from "@noetl/core";
import type { Context } from "../context.ts";
import type { Keychain, KeychainKey, KeychainRecord } from "../port/keychain.ts";
import { seal, unseal } from "../secrets/envelope.ts";
import { type Operation, type Row, sql } from "../sql/statement.ts";
import { at, bool, int, jsonObject, jsonObjectOrNull, ms, text, textOrNull, toJson } from "../sql/values.ts";

/** `Keychain` over any database (server-api §2.11). */
export function keychain(context: Context): Keychain {
  const { db, clock, keys } = context;
  return {
    async put(key, entry) {
      const sealed = await seal(JSON.stringify(entry.data), await keys.current());
      return db.write(() => put(key, entry, sealed, clock.now()));
    },
    async get(key) {
      const row = await db.write(() => touch(cacheKey(key), clock.now()));
      if (!row) return undefined;
      return { ...record(row), data: jsonObject(await unseal(text(row.data_encrypted), await keys.all())) };
    },
    list: (catalogId) =>
      db.read(function* () {
        const rows =
          yield sql`SELECT ${columns} FROM noetl.keychain WHERE catalog_id = ${catalogId} ORDER BY keychain_name, cache_key`;
        return rows.map(record);
      }),
    delete: (key) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.keychain WHERE cache_key = ${cacheKey(key)} RETURNING cache_key`;
        return gone.length === 1;
      }),
    collect: (now) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.keychain WHERE expires_at <= ${at(now)} AND auto_renew = ${false}
          RETURNING cache_key`;
        return gone.length;
      }),
  };
}

/** Text forms of server-api §2.11. */
export function cacheKey(key: KeychainKey): string {
  if (key.scope === "global") return `${key.name}:${key.catalog_id}:global`;
  if (key.execution_id === undefined) {
    throw new NoetlError("validation", "E_KEYCHAIN", `scope '${key.scope}' needs an execution_id`);
  }
  const own = `${key.name}:${key.catalog_id}`;
  return key.scope === "shared" ? `${own}:shared:${key.execution_id}` : `${own}:${key.execution_id}`;
}

const columns = sql`cache_key, keychain_name, catalog_id, credential_type, cache_type, scope_type, execution_id, expires_at,
  created_at, accessed_at, access_count, auto_renew, renew_config`;

function record(row: Row): KeychainRecord {
  return {
    cache_key: text(row.cache_key),
    name: text(row.keychain_name),
    catalog_id: text(row.catalog_id),
    credential_type: text(row.credential_type),
    cache_type: text(row.cache_type) as KeychainRecord["cache_type"],
    scope: text(row.scope_type) as KeychainRecord["scope"],
    execution_id: textOrNull(row.execution_id),
    expires_at: ms(row.expires_at),
    created_at: ms(row.created_at),
    accessed_at: ms(row.accessed_at),
    access_count: int(row.access_count),
    auto_renew: bool(row.auto_renew),
    renew_config: jsonObjectOrNull(row.renew_config),
  };
}

function* put(
  key: KeychainKey,
  entry: Parameters<Keychain["put"]>[1],
  sealed: string,
  now: number,
): Operation<KeychainRecord> {
  const ttl = entry.ttl ?? (key.scope === "local" ? 3_600 : 86_400);
  const expires = entry.expires_at ?? now + ttl * 1_000;
  const [row] = yield sql`
    INSERT INTO noetl.keychain (cache_key, keychain_name, catalog_id, credential_type, cache_type, scope_type, execution_id,
      parent_execution_id, data_encrypted, expires_at, created_at, accessed_at, auto_renew, renew_config)
    VALUES (${cacheKey(key)}, ${key.name}, ${key.catalog_id}, ${entry.credential_type}, ${entry.cache_type ?? "token"}, ${key.scope},
      ${key.execution_id ?? null}, ${entry.parent_execution_id ?? null}, ${sealed}, ${at(expires)}, ${at(now)}, ${at(now)},
      ${entry.auto_renew ?? false}, ${toJson(entry.renew_config)})
    ON CONFLICT (cache_key) DO UPDATE SET credential_type = excluded.credential_type, cache_type = excluded.cache_type,
      data_encrypted = excluded.data_encrypted, expires_at = excluded.expires_at, accessed_at = excluded.accessed_at,
      auto_renew = excluded.auto_renew, renew_config = excluded.renew_config
    RETURNING ${columns}`;
  return record(row ?? {});
}

function* touch(key: string, now: number): Operation<Row | undefined> {
  const [row] = yield sql`UPDATE noetl.keychain SET accessed_at = ${at(now)}, access_count = access_count + 1
    WHERE cache_key = ${key} RETURNING ${columns}, data_encrypted`;
  return row;
}
