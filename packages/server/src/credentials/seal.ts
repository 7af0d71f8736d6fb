import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { NoetlError } from "@noetl/core";

export interface Sealed {
  alg: "x25519-hkdf-sha256-chacha20-poly1305";
  v: 1;
  /** the sender's one-time public key, base64 */
  eph_pub: string;
  /** base64 of nonce (12) ‖ ciphertext ‖ tag (16) */
  ciphertext: string;
}

/** What every X25519 public key starts with in SPKI. */
const SPKI = Buffer.from("302a300506032b656e032100", "hex");

/** Encrypts for the holder of one X25519 key (server-api §2.10). Meaning `validation`: not such a key. */
export function seal(plaintext: string, recipient: string): Sealed {
  const publicKey = recipientKey(recipient);
  const ephemeral = generateKeyPairSync("x25519");
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const key = Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(0), "noetl-sealed-v1", 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  const raw = ephemeral.publicKey.export({ type: "spki", format: "der" }).subarray(SPKI.length);
  return {
    alg: "x25519-hkdf-sha256-chacha20-poly1305",
    v: 1,
    eph_pub: raw.toString("base64"),
    ciphertext: Buffer.concat([nonce, body, cipher.getAuthTag()]).toString("base64"),
  };
}

function recipientKey(text: string) {
  const raw = Buffer.from(text, "base64");
  if (raw.length !== 32) {
    throw new NoetlError("validation", "BAD_REQUEST", "the worker's public key is not 32 bytes of base64");
  }
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
}
