import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import type { Objects, StoredObject } from "../port/objects.ts";
import { type Row, raw, type Statement, sql } from "../sql/statement.ts";
import { at, int, ms, text } from "../sql/values.ts";

/** `Objects` over any database; table `noetl.object_store`. */
export function objects({ db, clock }: Context): Objects {
  function insert(key: string, body: Uint8Array, mediaType: string, otherwise: Statement): Statement {
    const now = at(clock.now());
    const sha256 = createHash("sha256").update(body).digest("hex");
    return sql`
      INSERT INTO noetl.object_store (object_key, body, media_type, bytes, sha256, created_at, updated_at)
      VALUES (${key}, ${body}, ${mediaType}, ${body.byteLength}, ${sha256}, ${now}, ${now})
      ON CONFLICT (object_key) DO ${otherwise} RETURNING ${columns}`;
  }

  return {
    put: (key, body, mediaType) =>
      db.write(function* () {
        const [row] = yield insert(key, body, mediaType, replace);
        return objectOf(row ?? {});
      }),
    create: (key, body, mediaType) =>
      db.write(function* () {
        const [row] = yield insert(key, body, mediaType, raw("NOTHING"));
        return row && objectOf(row);
      }),
    get: (key) =>
      db.read(function* () {
        const [row] = yield sql`SELECT ${columns}, body FROM noetl.object_store WHERE object_key = ${key}`;
        return row && { ...objectOf(row), body: row.body as Uint8Array };
      }),
    list: (prefix) =>
      db.read(function* () {
        const rows = yield sql`SELECT ${columns} FROM noetl.object_store
          WHERE substr(object_key, 1, ${prefix.length}) = ${prefix} ORDER BY object_key`;
        return rows.map(objectOf);
      }),
    delete: (key) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.object_store WHERE object_key = ${key} RETURNING object_key`;
        return gone.length === 1;
      }),
  };
}

const replace = raw(`UPDATE SET body = excluded.body, media_type = excluded.media_type, bytes = excluded.bytes,
  sha256 = excluded.sha256, updated_at = excluded.updated_at`);
const columns = raw("object_key, media_type, bytes, sha256, updated_at");

function objectOf(row: Row): StoredObject {
  return {
    key: text(row.object_key),
    media_type: text(row.media_type),
    bytes: int(row.bytes),
    sha256: text(row.sha256),
    updated_at: ms(row.updated_at),
  };
}
