import type { JsonObject } from "@noetl/core";
import type { Context } from "../context.ts";
import { seal, unseal } from "../secrets/envelope.ts";
import { type Operation, type Row, sql, where } from "../sql/statement.ts";
import { at, jsonObject, ms, text, textOrNull, texts, toJson } from "../sql/values.ts";
import type { CredentialRecord, Credentials } from "../store.ts";

/** `Credentials` over any database; `data` leaves the process encrypted. */
export function credentials(context: Context): Credentials {
  const { db, clock, ids, keys } = context;
  return {
    async put(input) {
      const sealed = await seal(JSON.stringify(input.data), await keys.current());
      return db.write(() => put(input, ids.next(), sealed, clock.now()));
    },
    async get(name) {
      const row = await db.read(() => find(name));
      if (!row) return undefined;
      const data = jsonObject(await unseal(text(row.data_encrypted), await keys.all()));
      return { ...record(row), data };
    },
    list: (filter = {}) => db.read(() => page(filter)),
    delete: (name) => db.write(() => remove(name)),
  };
}

const columns = sql`id, name, type, description, tags, meta, created_at, updated_at`;

function record(row: Row): CredentialRecord {
  return {
    id: text(row.id),
    name: text(row.name),
    type: text(row.type),
    description: textOrNull(row.description),
    tags: texts(row.tags ?? []),
    meta: jsonObject(row.meta),
    created_at: ms(row.created_at),
    updated_at: ms(row.updated_at),
  };
}

type Input = Parameters<Credentials["put"]>[0] & { data: JsonObject };

function* put(input: Input, id: string, sealed: string, now: number): Operation<CredentialRecord> {
  const [row] = yield sql`
    INSERT INTO noetl.credential (id, name, type, data_encrypted, meta, tags, description, created_at, updated_at)
    VALUES (${id}, ${input.name}, ${input.type}, ${sealed}, ${toJson(input.meta ?? {})}, ${input.tags ?? []},
      ${input.description ?? null}, ${at(now)}, ${at(now)})
    ON CONFLICT (name) DO UPDATE SET type = excluded.type, data_encrypted = excluded.data_encrypted,
      meta = excluded.meta, tags = excluded.tags, description = excluded.description, updated_at = excluded.updated_at
    RETURNING ${columns}`;
  return record(row ?? {});
}

const isId = (name: string) => /^\d{1,19}$/.test(name) && BigInt(name) <= 9_223_372_036_854_775_807n;

/** All digits is an id, unless a credential has that name (server-api §2.10). */
function* find(name: string): Operation<Row | undefined> {
  const [named] = yield sql`SELECT ${columns}, data_encrypted FROM noetl.credential WHERE name = ${name}`;
  if (named || !isId(name)) return named;
  const [numbered] = yield sql`SELECT ${columns}, data_encrypted FROM noetl.credential WHERE id = ${name}`;
  return numbered;
}

function* page(filter: NonNullable<Parameters<Credentials["list"]>[0]>): Operation<CredentialRecord[]> {
  const conditions = [];
  if (filter.type !== undefined) conditions.push(sql`type = ${filter.type}`);
  if (filter.query !== undefined) {
    const like = `%${filter.query.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`;
    conditions.push(
      sql`(lower(name) LIKE ${like} ESCAPE '\\' OR lower(coalesce(description, '')) LIKE ${like} ESCAPE '\\')`,
    );
  }
  const rows = yield sql`SELECT ${columns} FROM noetl.credential ${where(conditions)} ORDER BY name`;
  return rows.map(record);
}

function* remove(name: string): Operation<boolean> {
  const found = yield* find(name);
  if (!found) return false;
  yield sql`DELETE FROM noetl.credential WHERE id = ${text(found.id)}`;
  return true;
}
