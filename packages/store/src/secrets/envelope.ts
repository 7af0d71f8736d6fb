import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { ensureError, isObject, NoetlError } from "@noetl/core";

/**
 * Envelope of server-api §7.1: a fresh data key per record encrypts the text, the key-encryption key encrypts the data
 * key. `kv` is a fingerprint of the latter, so that a wrong key is known as such and rotation finds what is left to do.
 */
interface Sealed {
  v: 1;
  alg: "AES-256-GCM";
  /** base64 of nonce (12) ‖ ciphertext ‖ tag (16) */
  ct: string;
  dek: { p: string; kid: string; kv: string; ct: string };
}

export interface Key {
  /** where it comes from, for people */
  id: string;
  /** 32 bytes */
  bytes: Uint8Array;
}

export function fingerprint(key: Key): string {
  return createHash("sha256").update("noetl-kek").update(key.bytes).digest("hex").slice(0, 16);
}

export function seal(plain: string, key: Key): string {
  const dataKey = randomBytes(32);
  const sealed: Sealed = {
    v: 1,
    alg: "AES-256-GCM",
    ct: encrypt(Buffer.from(plain, "utf8"), dataKey),
    dek: { p: "local", kid: key.id, kv: fingerprint(key), ct: encrypt(dataKey, key.bytes) },
  };
  return JSON.stringify(sealed);
}

/** The text of a record. Tries the key it names first, then the others; a plain JSON object is a legacy record. */
export function unseal(stored: string, keys: readonly Key[]): string {
  const record = parse(stored);
  if (!isSealed(record)) return stored;
  const dataKey = unwrap(record, keys);
  try {
    return decrypt(record.ct, dataKey).toString("utf8");
  } catch (error) {
    throw damaged(error);
  }
}

/** The same record under `current`; undefined when it is already. Only the data key is encrypted anew. */
export function rewrap(stored: string, current: Key, keys: readonly Key[]): string | undefined {
  const record = parse(stored);
  if (!isSealed(record)) return seal(stored, current);
  if (record.dek.kv === fingerprint(current)) return undefined;
  const dataKey = unwrap(record, keys);
  const dek = { p: "local", kid: current.id, kv: fingerprint(current), ct: encrypt(dataKey, current.bytes) };
  return JSON.stringify({ ...record, dek });
}

function unwrap(record: Sealed, keys: readonly Key[]): Buffer {
  const named = keys.filter((key) => fingerprint(key) === record.dek.kv);
  for (const key of named.length > 0 ? named : keys) {
    try {
      return decrypt(record.dek.ct, key.bytes);
    } catch (error) {
      if (named.length > 0) throw damaged(error);
    }
  }
  throw new NoetlError(
    "auth",
    "WRONG_ENCRYPTION_KEY",
    `the secret was encrypted with another key (${record.dek.kid})`,
    {
      hint: "set NOETL_ENCRYPTION_KEY to the key this data was written with",
    },
  );
}

function damaged(cause: unknown): NoetlError {
  return new NoetlError("terminal", "SECRET_DAMAGED", "the encrypted record was changed or cut", {
    cause: ensureError(cause),
    hint: "register the credential again",
  });
}

function parse(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch (error) {
    throw damaged(error);
  }
}

function isSealed(value: unknown): value is Sealed {
  return isObject(value) && value.v === 1 && value.alg === "AES-256-GCM" && isObject(value.dek);
}

function encrypt(plain: Uint8Array, key: Uint8Array): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

function decrypt(text: string, key: Uint8Array): Buffer {
  const bytes = Buffer.from(text, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  cipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return Buffer.concat([cipher.update(bytes.subarray(12, bytes.length - 16)), cipher.final()]);
}
