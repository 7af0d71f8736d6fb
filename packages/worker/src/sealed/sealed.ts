import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from "node:crypto";
import { ensureError, isObject, type Json, NoetlError, parseJson } from "@noetl/core";

/** The key of this process, for credentials that only it can read (server-api §2.10). It is never written down. */
export interface SealedBox {
  /** 32 bytes in base64, told to the server with the registration */
  readonly publicKey: string;
  /** What was sealed for it. Meaning `auth`, code `SEALED_CREDENTIAL`, when it was not, or was changed on its way. */
  open(sealed: Json): Json;
}

/** What every X25519 public key starts with in SPKI. */
const SPKI = Buffer.from("302a300506032b656e032100", "hex");
const ALGORITHM = "x25519-hkdf-sha256-chacha20-poly1305";
const NONCE = 12;
const TAG = 16;

export function openSealedBox(): SealedBox {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(SPKI.length);
  return {
    publicKey: raw.toString("base64"),
    open(sealed) {
      if (!isObject(sealed) || sealed.alg !== ALGORITHM) throw broken("it is not sealed in a way this worker knows");
      try {
        const sender = Buffer.from(String(sealed.eph_pub), "base64");
        const from = createPublicKey({ key: Buffer.concat([SPKI, sender]), format: "der", type: "spki" });
        const shared = diffieHellman({ privateKey, publicKey: from });
        const key = Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(0), "noetl-sealed-v1", 32));
        return parseJson(decrypt(Buffer.from(String(sealed.ciphertext), "base64"), key));
      } catch (error) {
        throw broken("it was sealed for another worker, or changed on its way", error);
      }
    },
  };
}

/** nonce ‖ ciphertext ‖ tag */
function decrypt(bytes: Buffer, key: Buffer): string {
  const cipher = createDecipheriv("chacha20-poly1305", key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  const text = cipher.update(bytes.subarray(NONCE, bytes.length - TAG));
  return Buffer.concat([text, cipher.final()]).toString("utf8");
}

function broken(why: string, cause?: unknown): NoetlError {
  return new NoetlError("auth", "SEALED_CREDENTIAL", `a sealed credential cannot be opened: ${why}`, {
    ...(cause === undefined ? {} : { cause: ensureError(cause) }),
    hint: "start the worker again, so that the server learns its key anew",
  });
}
