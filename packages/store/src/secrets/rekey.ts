import type { Context } from "../context.ts";
import { type Operation, raw, type Statement, sql } from "../sql/statement.ts";
import { text } from "../sql/values.ts";
import { rewrap } from "./envelope.ts";
import type { Key } from "./keys.ts";

const SECRETS: { table: Statement; key: Statement }[] = [
  { table: raw("noetl.credential"), key: raw("name") },
  { table: raw("noetl.keychain"), key: raw("cache_key") },
];

/** Wraps the data key of every secret under the current key, all or nothing; returns how many changed. */
export async function rekey(context: Context): Promise<number> {
  const current = await context.keys.current();
  const all = await context.keys.all();
  return context.db.write(() => rewrapAll(current, all));
}

function* rewrapAll(current: Key, all: readonly Key[]): Operation<number> {
  let changed = 0;
  for (const { table, key } of SECRETS) {
    for (const row of yield sql`SELECT ${key} AS record, data_encrypted FROM ${table}`) {
      const wrapped = rewrap(text(row.data_encrypted), current, all);
      if (wrapped === undefined) continue;
      // Only what was read: a value written meanwhile is under the current key already.
      yield sql`UPDATE ${table} SET data_encrypted = ${wrapped}
        WHERE ${key} = ${text(row.record)} AND data_encrypted = ${text(row.data_encrypted)}`;
      changed += 1;
    }
  }
  return changed;
}
