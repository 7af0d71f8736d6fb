import { createHash } from "node:crypto";
import { NoetlError } from "@noetl/core";
import type { ResultRef } from "@noetl/scope";
import type { Context } from "../context.ts";
import { type Operation, type Row, sql } from "../sql/statement.ts";
import { at, int, json, ms, msOrNull, text, textOrNull } from "../sql/values.ts";
import type { Results, StoredResult } from "../store.ts";
import { extract } from "./extract.ts";

/** Larger bodies go to files where there are any. */
const INLINE = 1 << 20;
const PREVIEW = 1_024;

/** `Results` over any database. `ttl` is in seconds. */
export function results(context: Context): Results {
  const { db, clock, ids, files } = context;
  return {
    async put(input) {
      const id = ids.next();
      const now = clock.now();
      const body = JSON.stringify(input.body);
      const spilled = files !== undefined && Buffer.byteLength(body) > INLINE;
      const ref = describe(input, body, id, spilled, now);
      const file = spilled ? `${input.execution_id}/${id}.json` : null;
      // The file first: a row never names one that is not there.
      if (spilled && file !== null) await files.write(file, body);
      await db.write(() => insert(input.execution_id, input.step, ref, id, file === null ? body : null, file, now));
      return ref;
    },
    async get(ref) {
      const row = await db.read(() => find(ref));
      const expires = msOrNull(row?.expires_at);
      if (!row || (expires !== null && expires <= clock.now())) {
        throw new NoetlError("not_found", "REF_NOT_FOUND", `no stored result: ${ref}`, {
          hint: row ? "it has expired: give its step a longer output.store.ttl" : undefined,
        });
      }
      const file = textOrNull(row.file);
      if (file === null) return json(row.body);
      if (!files) throw new NoetlError("terminal", "RESULT_LOST", `${ref} is kept in a file of another machine`);
      return json(await files.read(file, text(row.sha256)));
    },
    list: (executionId, step) =>
      db.read(function* () {
        const rows =
          yield sql`SELECT ref, name, store, scope, bytes, sha256, created_at, expires_at FROM noetl.result_store
          WHERE ${ofExecution(executionId, step)} AND ref IS NOT NULL ORDER BY result_id`;
        return rows.map(storedOf);
      }),
    async remove(executionId, step) {
      const gone = await db.write(function* (): Operation<Row[]> {
        return yield sql`DELETE FROM noetl.result_store WHERE ${ofExecution(executionId, step)} RETURNING file`;
      });
      await files?.remove(gone.flatMap((row) => textOrNull(row.file) ?? []));
      return gone.length;
    },
    stats: () =>
      db.read(function* () {
        const rows =
          yield sql`SELECT store, scope, count(*) AS count, sum(bytes) AS bytes FROM noetl.result_store GROUP BY store, scope`;
        return rows.map((row) => ({
          store: textOrNull(row.store) ?? "db",
          scope: text(row.scope),
          count: int(row.count),
          bytes: int(row.bytes),
        }));
      }),
    async collect(now) {
      const gone = await db.write(() => expire(now));
      await files?.remove(gone.flatMap((row) => textOrNull(row.file) ?? []));
      return gone.length;
    },
  };
}

function ofExecution(executionId: string, step: string | undefined) {
  return step === undefined
    ? sql`execution_id = ${executionId}`
    : sql`execution_id = ${executionId} AND name = ${step}`;
}

function storedOf(row: Row): StoredResult {
  return {
    ref: text(row.ref),
    name: text(row.name),
    store: textOrNull(row.store) ?? "db",
    scope: text(row.scope),
    bytes: int(row.bytes),
    sha256: textOrNull(row.sha256) ?? "",
    created_at: ms(row.created_at),
    expires_at: msOrNull(row.expires_at),
  };
}

function describe(
  input: Parameters<Results["put"]>[0],
  body: string,
  id: string,
  spilled: boolean,
  now: number,
): ResultRef {
  const asked = input.store === undefined || input.store === "auto" ? undefined : input.store;
  return {
    kind: "result_ref",
    ref: `noetl://execution/${input.execution_id}/result/${encodeURIComponent(input.step)}/${id}`,
    store: asked ?? (spilled ? "disk" : "db"),
    scope: input.scope,
    expires_at: input.ttl === undefined ? null : at(now + input.ttl * 1_000),
    meta: {
      bytes: Buffer.byteLength(body),
      sha256: createHash("sha256").update(body).digest("hex"),
      media_type: "application/json",
    },
    extracted: extract(input.body),
    // A part of a text would keep all of it in memory.
    preview: Buffer.from(body.slice(0, PREVIEW)).toString(),
  };
}

function* insert(
  executionId: string,
  step: string,
  ref: ResultRef,
  id: string,
  body: string | null,
  file: string | null,
  now: number,
): Operation<void> {
  yield sql`
    INSERT INTO noetl.result_store (result_id, execution_id, name, ref, store, scope, body, file, bytes, sha256, created_at, expires_at)
    VALUES (${id}, ${executionId}, ${step}, ${ref.ref}, ${ref.store}, ${ref.scope}, ${body}, ${file}, ${ref.meta.bytes},
      ${ref.meta.sha256}, ${at(now)}, ${ref.expires_at})`;
}

function* find(ref: string): Operation<Row | undefined> {
  const [row] = yield sql`SELECT body, file, sha256, expires_at FROM noetl.result_store WHERE ref = ${ref}`;
  return row;
}

function* expire(now: number): Operation<Row[]> {
  return yield sql`DELETE FROM noetl.result_store WHERE expires_at <= ${at(now)} AND scope <> 'permanent' RETURNING file`;
}
