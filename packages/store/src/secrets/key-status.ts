import { isObject } from "@noetl/core";
import type { Context } from "../context.ts";
import { type Operation, type Row, sql } from "../sql/statement.ts";
import { text } from "../sql/values.ts";
import { fingerprint } from "./envelope.ts";

export interface KeyStatus {
  /** fingerprint of the key that encrypts now; never the key */
  current: string;
  /** where that key comes from */
  source: string;
  /** fingerprints of the keys this process can read with */
  readable: string[];
  /** how many secrets stand under which key; `plain` = of an older NoETL, not encrypted */
  records: { [fingerprint: string]: number };
  /** secrets that rotation would wrap again */
  stale: number;
}

/** What rotation has left to do (server-api §7.1). */
export async function keyStatus(context: Context): Promise<KeyStatus> {
  const current = await context.keys.current();
  const all = await context.keys.all();
  const stored = await context.db.read(function* (): Operation<Row[]> {
    return yield sql`SELECT data_encrypted FROM noetl.credential UNION ALL SELECT data_encrypted FROM noetl.keychain`;
  });
  const records: { [fingerprint: string]: number } = {};
  for (const row of stored) {
    const key = keyOf(text(row.data_encrypted));
    records[key] = (records[key] ?? 0) + 1;
  }
  const print = fingerprint(current);
  return {
    current: print,
    source: current.id,
    readable: all.map(fingerprint),
    records,
    stale: stored.length - (records[print] ?? 0),
  };
}

function keyOf(stored: string): string {
  const record: unknown = JSON.parse(stored);
  return isObject(record) && isObject(record.dek) ? String(record.dek.kv) : "plain";
}
