import { chmod, copyFile, link, realpath, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NoetlError } from "@noetl/core";

export interface Linked {
  /** the file that was the shim and is the binary now */
  path: string;
  binary: string;
  /** a copy when both are on different file systems */
  how: "hard link" | "copy";
}

/**
 * Puts the binary in the place of the shim, so that a start costs no Node. npm puts the shim back when it installs
 * again. Throws `NoetlError` code `SETUP_LINK` when there is no shim to replace or its folder cannot be written.
 */
export async function linkBinary(options: { shim: string; binary: string }): Promise<Linked> {
  const path = await realpath(options.shim);
  const binary = await realpath(options.binary);
  if (path === binary) return { path, binary, how: "hard link" };
  const fresh = join(dirname(path), `.noetl-${process.pid}`);
  try {
    const how = await place(binary, fresh);
    await rename(fresh, path);
    return { path, binary, how };
  } catch (error) {
    await rm(fresh, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
    throw new NoetlError("validation", "SETUP_LINK", `${path} cannot be replaced: ${message}`, {
      hint: denied ? "run it as the user who installed noetl" : "install @noetl/cli again, then try once more",
      cause: error,
    });
  }
}

async function place(from: string, to: string): Promise<Linked["how"]> {
  try {
    await link(from, to);
    return "hard link";
  } catch (error) {
    // EXDEV: another file system; EPERM, ENOTSUP: one without hard links. A copy starts as fast.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EXDEV" && code !== "EPERM" && code !== "ENOTSUP") throw error;
    await copyFile(from, to);
    await chmod(to, 0o755);
    return "copy";
  }
}
