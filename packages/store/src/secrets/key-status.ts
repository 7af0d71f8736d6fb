import { isObject } from "@noetl/core";
import type { Context } from "../context.ts";
import { type Operation, type Row, sql } from "../sql/statement.ts";
import { text } from "../sql/values.ts";
import { currentVersion } from "./envelope.ts";
import type { Wrapper } from "./wrapper.ts";

export interface KeyStatus {
  /** version of the key that encrypts now: the fingerprint of a local key, `vault-transit:transit/noetl:v2` of a keeper's */
  current: string;
  /** where that key comes from */
  source: string;
  /** fingerprints of the local keys this process can read with, and names of keepers' keys */
  readable: string[];
  /** how many secrets stand under which key; `plain` = of an older NoETL, not encrypted */
  records: { [version: string]: number };
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
  const version = versionOf(current.provider, current.id, await currentVersion(current));
  return {
    current: version,
    source: current.id,
    readable: await Promise.all(all.map(async (each) => nameOf(each))),
    records,
    stale: stored.length - (records[version] ?? 0),
  };
}

function keyOf(stored: string): string {
  const record: unknown = JSON.parse(stored);
  if (!isObject(record) || !isObject(record.dek)) return "plain";
  return versionOf(String(record.dek.p), String(record.dek.kid), String(record.dek.kv));
}

function versionOf(provider: string, id: string, version: string): string {
  return provider === "local" ? version : `${provider}:${id}:${version}`;
}

/** The versions a keeper can still read with are its own business. */
async function nameOf(wrapper: Wrapper): Promise<string> {
  return wrapper.provider === "local" ? currentVersion(wrapper) : `${wrapper.provider}:${wrapper.id}`;
}
