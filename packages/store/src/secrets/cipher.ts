import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** AES-256-GCM: base64 of nonce (12) ‖ ciphertext ‖ tag (16), a fresh nonce each time. */
export function encrypt(plain: Uint8Array, key: Uint8Array): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** Throws when the key is another, or a bit was changed. */
export function decrypt(text: string, key: Uint8Array): Buffer {
  const bytes = Buffer.from(text, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  cipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return Buffer.concat([cipher.update(bytes.subarray(12, bytes.length - 16)), cipher.final()]);
}
