import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { NoetlError } from "@noetl/core";
import { type Key, localWrapper, type Wrapper } from "./wrapper.ts";

export type { Key } from "./wrapper.ts";

/** Keys of a store: `current` encrypts, the others decrypt what rotation has not reached yet. Asked for when first needed. */
export interface Keys {
  current(): Promise<Wrapper>;
  all(): Promise<readonly Wrapper[]>;
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

/** The laptop's key (decision 17): a file of mode 0600, made on first use. */
export function fileKeys(path: string): Keys {
  let key: Promise<Wrapper> | undefined;
  const load = () => {
    key ??= readOrMake(path)
      .then(localWrapper)
      .catch((error: unknown) => {
        key = undefined;
        throw error;
      });
    return key;
  };
  return { current: load, all: async () => [await load()] };
}

/** Random, gone with the process: for stores in memory. */
export function temporaryKeys(): Keys {
  return fixedKeys({ id: "memory", bytes: randomBytes(32) });
}

async function readOrMake(path: string): Promise<Key> {
  const id = "file:encryption.key";
  try {
    const text = await readFile(path, "utf8");
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return parseKey(text, id);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flush: true });
  try {
    // A link fails when another process was first: then its key counts.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return parseKey(await readFile(path, "utf8"), id);
}
