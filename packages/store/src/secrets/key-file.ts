import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Keys, parseKey } from "./keys.ts";
import { localWrapper, type Wrapper } from "./wrapper.ts";

const ID = "file:encryption.key";

/**
 * The laptop's key (decision 17): a file of mode 0600, made on first use. While it is rotated the key before it lies beside it, so that
 * whoever dies on the way loses nothing. Another process may rotate: the files are looked at each time.
 */
export function fileKeys(path: string): Keys {
  const previous = `${path}.previous`;
  let known: { stamp: string; wrappers: [Wrapper, ...Wrapper[]] } | undefined;

  async function load(): Promise<[Wrapper, ...Wrapper[]]> {
    // Taken first: who rotates while we read makes it out of date.
    const stamp = `${await stampOf(path)} ${await stampOf(previous)}`;
    if (known?.stamp === stamp) return known.wrappers;
    const current = localWrapper(parseKey((await textOf(path)) ?? (await make(path)), ID));
    const before = await textOf(previous);
    known = { stamp, wrappers: [current, ...(before ? [localWrapper(parseKey(before, `${ID}.previous`))] : [])] };
    return known.wrappers;
  }

  return {
    current: async () => (await load())[0],
    all: load,
    async renew() {
      await load();
      const before = await textOf(previous);
      // A rotation that was cut off is only finished; its new key may be in use.
      if (before !== undefined && before !== (await textOf(path))) return;
      const draft = await draftOf(path);
      if (before === undefined) await link(path, previous);
      await rename(draft, path);
    },
    retire: () => rm(previous, { force: true }),
  };
}

/** The new key, or that of who was first. */
async function make(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = await draftOf(path);
  try {
    // A link fails when another process was first: then its key counts.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, "utf8");
}

async function draftOf(path: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flush: true });
  return draft;
}

/** undefined when there is no such file */
async function textOf(path: string): Promise<string | undefined> {
  return unlessMissing(async () => {
    const text = await readFile(path, "utf8");
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return text;
  });
}

async function stampOf(path: string): Promise<string | undefined> {
  return unlessMissing(async () => {
    const { ino, mtimeNs } = await stat(path, { bigint: true });
    return `${ino}:${mtimeNs}`;
  });
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}
