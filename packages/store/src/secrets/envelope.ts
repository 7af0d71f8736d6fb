import { randomBytes } from "node:crypto";
import { ensureError, isObject, NoetlError } from "@noetl/core";
import { decrypt, encrypt } from "./cipher.ts";
import type { Wrapper } from "./wrapper.ts";

/**
 * Envelope of server-api §7.1: a fresh data key per record encrypts the text, a key-encryption key encrypts the data key.
 * `p` is the kind of keeper of the latter, `kv` its version there: so a wrong key is known as such, and rotation finds what is
 * left to do.
 */
interface Sealed {
  v: 1;
  alg: "AES-256-GCM";
  /** base64 of nonce (12) ‖ ciphertext ‖ tag (16) */
  ct: string;
  dek: { p: string; kid: string; kv: string; ct: string };
}

/** The record of a text. Meanings: `auth` the key may not be used, `unavailable` its keeper cannot be asked. */
export async function seal(plain: string, wrapper: Wrapper): Promise<string> {
  const dataKey = randomBytes(32);
  const dek = await wrapped(dataKey, wrapper);
  const sealed: Sealed = { v: 1, alg: "AES-256-GCM", ct: encrypt(Buffer.from(plain, "utf8"), dataKey), dek };
  return JSON.stringify(sealed);
}

/** The text of a record. Asks the key it names first, then the others; a plain JSON object is a legacy record. */
export async function unseal(stored: string, wrappers: readonly Wrapper[]): Promise<string> {
  const record = parse(stored);
  if (!isSealed(record)) return stored;
  const dataKey = await unwrap(record, wrappers);
  try {
    return decrypt(record.ct, dataKey).toString("utf8");
  } catch (error) {
    throw damaged(error);
  }
}

/** The same record under `current`; undefined when it is already under its version `kv`. Only the data key is encrypted anew. */
export async function rewrap(
  stored: string,
  current: Wrapper,
  kv: string,
  wrappers: readonly Wrapper[],
): Promise<string | undefined> {
  const record = parse(stored);
  if (!isSealed(record)) return seal(stored, current);
  const { dek } = record;
  if (dek.p === current.provider && dek.kv === kv && (dek.p === "local" || dek.kid === current.id)) return undefined;
  return JSON.stringify({ ...record, dek: await wrapped(await unwrap(record, wrappers), current) });
}

/** The version new records are written under now, asked of the keeper with a key that is thrown away. */
export async function currentVersion(wrapper: Wrapper): Promise<string> {
  return (await wrapper.wrap(randomBytes(32))).kv;
}

async function wrapped(dataKey: Buffer, wrapper: Wrapper): Promise<Sealed["dek"]> {
  const { ct, kv } = await wrapper.wrap(dataKey);
  return { p: wrapper.provider, kid: wrapper.id, kv, ct };
}

async function unwrap({ dek }: Sealed, wrappers: readonly Wrapper[]): Promise<Buffer> {
  const same = wrappers.filter((wrapper) => wrapper.provider === dek.p);
  const named = same.filter((wrapper) => wrapper.isNamed(dek));
  for (const wrapper of named.length > 0 ? named : same) {
    try {
      return await wrapper.unwrap(dek.ct);
    } catch (error) {
      if (error instanceof NoetlError) throw error;
      if (named.length > 0) throw damaged(error);
    }
  }
  throw new NoetlError("auth", "WRONG_ENCRYPTION_KEY", `the secret was encrypted with another key (${dek.kid})`, {
    hint: HINTS[dek.p] ?? "give this process the key this data was written with",
  });
}

const HINTS: { [provider: string]: string } = {
  local:
    "set NOETL_ENCRYPTION_KEY (or …_PREVIOUS, …_FILE) to the key this data was written with; on a laptop that is encryption.key in the data folder",
  "vault-transit":
    "set NOETL_KMS_PROVIDER=vault-transit and NOETL_VAULT_TRANSIT_KEY to the key this data was written with",
  "gcp-kms": "set NOETL_KMS_PROVIDER=gcp-kms and NOETL_GCP_KMS_KEY to the key this data was written with",
};

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
