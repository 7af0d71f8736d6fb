import { open, rm, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { NoetlError } from "@noetl/core";

const PATIENCE_MS = 10_000;
/** Nobody holds it for so long; whoever made it is dead. */
const STALE_MS = 5_000;

/** Runs `work` while no other process does. Meaning `unavailable` when the lock does not come free. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await take(path))) {
    if (Date.now() > end) {
      throw new NoetlError("unavailable", "E_LOCKED", `another process holds ${path}`, {
        hint: "remove the file when no other noetl runs",
      });
    }
    await setTimeout(20 + Math.random() * 30);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx", 0o600)).close();
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") {
      throw new NoetlError("terminal", "E_CONFIG", `cannot write ${path}: ${message}`, { cause: error });
    }
  }
  const made = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (made && Date.now() - made.mtimeMs > STALE_MS) await rm(path, { force: true });
  return false;
}
