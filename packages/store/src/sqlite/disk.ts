import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import { promisify } from "node:util";
import { ensureError, NoetlError } from "@noetl/core";

/** Brings what was committed to the disk. A commit leaves it in the write-ahead log, which survives our end but no power cut. */
export interface Disk {
  /** Everything committed so far is on the disk when it returns. Blocks the thread. */
  syncNow(): void;
  /** The same, off the thread: commits go on meanwhile. Calls that wait share one sync. */
  sync(): Promise<void>;
  /** Waits for the syncs that were asked for. */
  close(): Promise<void>;
}

const off = promisify(fdatasync);

/**
 * The disk under the write-ahead log of a database file. A sync that failed is never repeated: the system may have dropped
 * the pages, and the next one would claim what is not so. Every later one fails alike.
 */
export function walDisk(databasePath: string): Disk {
  const path = `${databasePath}-wal`;
  let descriptor: number | undefined;
  let broken: { error: NoetlError } | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  // SQLite makes the file with the first commit and keeps it for as long as the database is open.
  const file = () => {
    if (broken) throw broken.error;
    descriptor ??= openSync(path, "r+");
    return descriptor;
  };

  const failed = (error: unknown) => {
    broken ??= { error: diskError(error, path) };
    return broken.error;
  };

  async function once(): Promise<void> {
    try {
      await off(file());
    } catch (error) {
      throw failed(error);
    }
  }

  /** A sync that runs may have missed the newest commit: it is waited for, and followed by another. */
  function sync(): Promise<void> {
    if (next) return next;
    const begin = () => {
      next = undefined;
      running = once().finally(() => {
        running = undefined;
      });
      return running;
    };
    if (!running) return begin();
    next = running.then(begin, begin);
    return next;
  }

  return {
    syncNow() {
      try {
        fdatasyncSync(file());
      } catch (error) {
        throw failed(error);
      }
    },
    sync,
    async close() {
      await (next ?? running)?.catch(() => undefined);
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function diskError(error: unknown, path: string): NoetlError {
  const cause = ensureError(error);
  return new NoetlError("unavailable", "STORE_IO", `${path} could not be brought to the disk: ${cause.message}`, {
    cause,
    hint: "check the disk, then start again: what was not acknowledged may be lost",
  });
}

/** In memory nothing is kept. */
export const noDisk: Disk = { syncNow: () => undefined, sync: async () => undefined, close: async () => undefined };
