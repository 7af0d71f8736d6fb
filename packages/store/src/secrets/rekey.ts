import { NoetlError } from "@noetl/core";
import type { Context } from "../context.ts";
import { leases } from "../runtimes/leases.ts";
import { type Operation, raw, type Statement, sql } from "../sql/statement.ts";
import { text } from "../sql/values.ts";
import { currentVersion, rewrap } from "./envelope.ts";

const LEASE = "key-rotation";
/** A rotation that dies holds others up no longer than this, ms. */
const LEASE_MS = 60_000;
/** A secret that was encrypted just before the key changed is stored by then, ms. */
const UNDER_WAY_MS = 1_000;

export interface Rotation {
  /** secrets that were under an older key */
  rewrapped: number;
  /** false when the key is not the store's to make: then the new one has to be given to it */
  renewed: boolean;
}

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

/**
 * Wraps every secret again under the current key; with `fresh` a new key is made first where the store makes its own, and the
 * old one forgotten when nothing needs it. Meaning `conflict`: another process is at it.
 */
export async function rekey(context: Context, { fresh = false } = {}): Promise<Rotation> {
  const { keys, clock } = context;
  const lease = leases(context);
  const owner = context.ids.next();
  if (!(await lease.acquire(LEASE, owner, LEASE_MS))) {
    throw new NoetlError("conflict", "ROTATION_RUNS", "another process is rotating the encryption key", {
      hint: "try again in a minute",
    });
  }
  try {
    const renewed = fresh && keys.renew !== undefined;
    if (renewed) await keys.renew?.();
    let rewrapped = await wrapAll(context);
    if (renewed) {
      await clock.sleep(UNDER_WAY_MS);
      rewrapped += await wrapAll(context);
      await keys.retire?.();
    }
    return { rewrapped, renewed };
  } finally {
    await lease.release(LEASE, owner);
  }
}

/** All or nothing; returns how many changed. */
async function wrapAll(context: Context): Promise<number> {
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
