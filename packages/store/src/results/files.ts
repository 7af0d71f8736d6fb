import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureError, NoetlError } from "@noetl/core";

/** Bodies too large for the database, one file each, named relative to the folder. */
export interface ResultFiles {
  write(name: string, text: string): Promise<void>;
  /** `terminal` when the file is gone or not what was written. */
  read(name: string, sha256: string): Promise<string>;
  remove(names: readonly string[]): Promise<void>;
}

export function resultFiles(folder: string): ResultFiles {
  return {
    async write(name, text) {
      const path = join(folder, name);
      const draft = `${path}.${randomBytes(4).toString("hex")}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(draft, "wx", 0o600);
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(draft, { force: true });
        throw new NoetlError("unavailable", "RESULT_STORE_FAILED", `cannot write ${path}`, {
          cause: ensureError(error),
          hint: "check free space and permissions of the data folder",
        });
      }
    },
    async read(name, sha256) {
      const path = join(folder, name);
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        throw new NoetlError("terminal", "RESULT_LOST", `cannot read ${path}`, { cause: ensureError(error) });
      }
      if (createHash("sha256").update(text).digest("hex") !== sha256) {
        throw new NoetlError("terminal", "RESULT_DAMAGED", `${path} is not what was stored`, {
          hint: "run the step again",
        });
      }
      return text;
    },
    async remove(names) {
      for (const name of names) await rm(join(folder, name), { force: true });
    },
  };
}

/** A rename is durable only when the folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
