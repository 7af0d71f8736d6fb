import { createHash } from "node:crypto";
import { decrypt, encrypt } from "./cipher.ts";

/**
 * The port of key-encryption keys: whoever implements it keeps one, and encrypts the data keys of records with it. The key itself
 * may never come here (Vault transit, a cloud's KMS).
 */
export interface Wrapper {
  /** kind of keeper, as records name it: `local`, `vault-transit`, `gcp-kms` */
  readonly provider: string;
  /** which of its keys, for people: `env:NOETL_ENCRYPTION_KEY`, `transit/noetl` */
  readonly id: string;
  /** Encrypts a data key of 32 bytes; `kv` is the version of the key that did. */
  wrap(dataKey: Uint8Array): Promise<{ ct: string; kv: string }>;
  /** Throws a NoetlError when its keeper refuses or cannot be reached, anything else when the key is not the one. */
  unwrap(ct: string): Promise<Buffer>;
  /** Was this record written with this key? */
  isNamed(dek: { kid: string; kv: string }): boolean;
}

/** A key in the memory of this process. */
export interface Key {
  /** where it comes from, for people */
  id: string;
  /** 32 bytes */
  bytes: Uint8Array;
}

/** Tells keys apart without showing them. */
export function fingerprint(key: Key): string {
  return createHash("sha256").update("noetl-kek").update(key.bytes).digest("hex").slice(0, 16);
}

export function localWrapper(key: Key): Wrapper {
  const kv = fingerprint(key);
  return {
    provider: "local",
    id: key.id,
    wrap: async (dataKey) => ({ ct: encrypt(dataKey, key.bytes), kv }),
    unwrap: async (ct) => decrypt(ct, key.bytes),
    isNamed: (dek) => dek.kv === kv,
  };
}
