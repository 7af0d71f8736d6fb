import { randomBytes } from "node:crypto";
import { NoetlError } from "@noetl/core";
import { type Key, localWrapper, type Wrapper } from "./wrapper.ts";

export type { Key } from "./wrapper.ts";

/** Keys of a store: `current` encrypts, the others decrypt what rotation has not reached yet. Asked for when first needed. */
export interface Keys {
  current(): Promise<Wrapper>;
  all(): Promise<readonly Wrapper[]>;
  /** Where the store makes its key itself: another becomes current, and the one before it only decrypts. One caller at a time. */
  renew?(): Promise<void>;
  /** Nothing stands under the one before any more: forgets it. */
  retire?(): Promise<void>;
}

export type Environment = { readonly [name: string]: string | undefined };

/** 32 bytes from base64 (or 64 hex digits); anything else is a `validation` error that does not show the text. */
export function parseKey(text: string, id: string): Key {
  const trimmed = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, "hex") : Buffer.from(trimmed, "base64");
  if (bytes.length !== 32) {
    throw new NoetlError("validation", "E_ENCRYPTION_KEY", `${id} is not a key of 32 bytes in base64`, {
      hint: "make one with: openssl rand -base64 32",
    });
  }
  return { id, bytes };
}

/** Keys held in memory; `previous` only decrypt. */
export function fixedKeys(current: Key, previous: readonly Key[] = []): Keys {
  return keysOfWrappers(localWrapper(current), previous.map(localWrapper));
}

export function keysOfWrappers(current: Wrapper, previous: readonly Wrapper[]): Keys {
  const all = [current, ...previous];
  return { current: async () => current, all: async () => all };
}

/** Random, gone with the process: for stores in memory. */
export function temporaryKeys(): Keys {
  return fixedKeys({ id: "memory", bytes: randomBytes(32) });
}
