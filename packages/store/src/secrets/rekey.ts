import type { Context } from "../context.ts";
import { type Operation, raw, type Statement, sql } from "../sql/statement.ts";
import { text } from "../sql/values.ts";
import { currentVersion, rewrap } from "./envelope.ts";

const SECRETS: { table: Statement; key: Statement }[] = [
  { table: raw("noetl.credential"), key: raw("name") },
  { table: raw("noetl.keychain"), key: raw("cache_key") },
];

interface Change {
  table: Statement;
  key: Statement;
  record: string;
  before: string;
  after: string;
}

/** Wraps the data key of every secret under the current key, all or nothing; returns how many changed. */
export async function rekey(context: Context): Promise<number> {
  const current = await context.keys.current();
  const all = await context.keys.all();
  const version = await currentVersion(current);
  const changes: Change[] = [];
  for (const { table, key } of SECRETS) {
    const rows = await context.db.read(function* (): Operation<{ record: string; before: string }[]> {
      const found = yield sql`SELECT ${key} AS record, data_encrypted FROM ${table}`;
      return found.map((row) => ({ record: text(row.record), before: text(row.data_encrypted) }));
    });
    for (const row of rows) {
      const after = await rewrap(row.before, current, version, all);
      if (after !== undefined) changes.push({ table, key, ...row, after });
    }
  }
  // The keeper of the key was asked outside of the transaction: it may be slow, and a transaction holds others up.
  return changes.length === 0 ? 0 : context.db.write(() => replaceAll(changes));
}

function* replaceAll(changes: readonly Change[]): Operation<number> {
  let changed = 0;
  for (const { table, key, record, before, after } of changes) {
    // Only what was read: a value written meanwhile is under the current key already.
    const rows = yield sql`UPDATE ${table} SET data_encrypted = ${after}
      WHERE ${key} = ${record} AND data_encrypted = ${before} RETURNING ${key}`;
    changed += rows.length;
  }
  return changed;
}
