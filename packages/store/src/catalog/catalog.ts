import { NoetlError } from "@noetl/core";
import type { Context } from "../context.ts";
import type { Catalog, CatalogEntry } from "../port/catalog.ts";
import { type Operation, type Row, raw, sql, where } from "../sql/statement.ts";
import { at, int, json, jsonObject, jsonObjectOrNull, ms, msOrNull, text, textOrNull, toJson } from "../sql/values.ts";
import { remove, restore } from "./remove.ts";

/** `Catalog` over any database (server-api §2.4). */
export function catalog(context: Context): Catalog {
  const { db, clock, ids } = context;
  return {
    register: (input) => db.write(() => register(input, ids.next(), clock.now())),
    get: (key) => db.read(() => get(key)),
    list: (filter = {}) => db.read(() => page(filter)),
    paths: (kind) =>
      db.read(function* () {
        const ofKind = kind === undefined ? raw("") : sql`AND kind = ${kind.toLowerCase()}`;
        const rows =
          yield sql`SELECT DISTINCT path FROM noetl.catalog WHERE archived_at IS NULL ${ofKind} ORDER BY path`;
        return rows.map((row) => text(row.path));
      }),
    delete: (path, version) => db.write(() => remove(path, version, clock.now())),
    restore: (path, version) => db.write(() => restore(path, version)),
  };
}

const columns = sql`catalog_id, path, version, kind, content, layout, payload, meta, created_at, archived_at`;

function entry(row: Row): CatalogEntry {
  return {
    catalog_id: text(row.catalog_id),
    path: text(row.path),
    kind: text(row.kind),
    version: int(row.version),
    content: textOrNull(row.content),
    layout: jsonObjectOrNull(row.layout),
    payload: json(row.payload),
    meta: jsonObject(row.meta),
    created_at: ms(row.created_at),
    archived_at: msOrNull(row.archived_at),
  };
}

/** Tries again when another registration took the number meanwhile; bounded only to name a broken database. */
function* register(input: Parameters<Catalog["register"]>[0], id: string, now: number): Operation<CatalogEntry> {
  const kind = input.kind.toLowerCase();
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const [latest] = yield sql`SELECT max(version) AS version FROM noetl.catalog WHERE path = ${input.path}`;
    const version = int(latest?.version ?? 0) + 1;
    const [row] = yield sql`
      INSERT INTO noetl.catalog (catalog_id, path, version, kind, content, layout, payload, meta, created_at)
      VALUES (${id}, ${input.path}, ${version}, ${kind}, ${input.content}, ${toJson(input.layout)}, ${toJson(input.payload)},
        ${toJson(input.meta ?? {})}, ${at(now)})
      ON CONFLICT (path, version) DO NOTHING RETURNING ${columns}`;
    if (row) return entry(row);
  }
  throw new NoetlError("conflict", "CATALOG_BUSY", `no version of '${input.path}' could be registered`);
}

function* get(key: Parameters<Catalog["get"]>[0]): Operation<CatalogEntry | undefined> {
  const rows =
    "catalog_id" in key
      ? yield sql`SELECT ${columns} FROM noetl.catalog WHERE catalog_id = ${key.catalog_id}`
      : key.version !== undefined
        ? yield sql`SELECT ${columns} FROM noetl.catalog WHERE path = ${key.path} AND version = ${key.version}`
        : yield sql`SELECT ${columns} FROM noetl.catalog WHERE path = ${key.path} AND archived_at IS NULL
            ORDER BY version DESC LIMIT 1`;
  return rows[0] && entry(rows[0]);
}

function* page(filter: NonNullable<Parameters<Catalog["list"]>[0]>): Operation<CatalogEntry[]> {
  const conditions = [];
  if (filter.kind !== undefined) conditions.push(sql`kind = ${filter.kind.toLowerCase()}`);
  if (filter.path !== undefined) conditions.push(sql`path = ${filter.path}`);
  if (!filter.includeArchived) conditions.push(sql`archived_at IS NULL`);
  if (filter.cursor !== undefined) conditions.push(sql`catalog_id < ${filter.cursor}`);
  if (filter.latestOnly) {
    conditions.push(sql`NOT EXISTS (SELECT 1 FROM noetl.catalog AS later
      WHERE later.path = entry.path AND later.version > entry.version AND later.archived_at IS NULL)`);
  }
  const limit = filter.limit === undefined ? raw("") : sql`LIMIT ${filter.limit}`;
  const rows = yield sql`SELECT ${columns} FROM noetl.catalog AS entry ${where(conditions)}
    ORDER BY catalog_id DESC ${limit}`;
  return rows.map(entry);
}
