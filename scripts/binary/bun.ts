import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Platform } from "../platforms.ts";

const run = promisify(execFile);

/** Bun of the binaries. One version for all: bytecode of one does not run in another. */
export const BUN_VERSION = "1.4.5";

/** Where unpacked Buns are kept between builds, outside the repository: they are 100 MB each. */
export function bunFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.NOETL_BUILD_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "noetl-build");
}

/** Path of the Bun in the folder of unpacked ones, or undefined when it was never fetched. */
export async function cachedBun(platform: Pick<Platform, "bun" | "os">): Promise<string | undefined> {
  const path = pathOf(platform);
  return (await exists(path)) ? path : undefined;
}

/** The same, fetched from the npm registry when it is not there. Only the files of the package are used. */
export async function fetchBun(platform: Pick<Platform, "bun" | "os">): Promise<string> {
  const path = pathOf(platform);
  if (await exists(path)) return path;
  const cache = bunFolder();
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, "fetch-"));
  try {
    await run("npm", ["pack", `${platform.bun}@${BUN_VERSION}`, "--pack-destination", scratch], { maxBuffer: 1 << 24 });
    const tarball = (await readdir(scratch)).find((name) => name.endsWith(".tgz"));
    if (!tarball) throw new Error(`npm pack ${platform.bun}@${BUN_VERSION} made no tarball`);
    await run("tar", ["-xzf", tarball], { cwd: scratch });
    const folder = join(path, "..", "..");
    await mkdir(join(folder, ".."), { recursive: true });
    // Another build may have been faster; its copy is the same.
    if (!(await exists(path))) await rename(join(scratch, "package"), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return path;
}

function pathOf({ bun, os }: Pick<Platform, "bun" | "os">): string {
  const name = `${bun.replace("@oven/", "")}-${BUN_VERSION}`;
  return join(bunFolder(), name, "bin", os === "win32" ? "bun.exe" : "bun");
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
