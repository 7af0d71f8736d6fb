import { join } from "node:path";
import { fetchPackage, isThere, packageFolder } from "../fetch/package.ts";
import type { Platform } from "../platforms.ts";

/** Bun of the binaries. One version for all: bytecode of one does not run in another. */
export const BUN_VERSION = "1.4.5";

/** Path of the Bun of a platform, or undefined when it was never fetched. */
export async function cachedBun(platform: Pick<Platform, "bun" | "os">): Promise<string | undefined> {
  const path = join(packageFolder(platform.bun, BUN_VERSION), "bin", fileName(platform));
  return (await isThere(path)) ? path : undefined;
}

/** The same, fetched from the npm registry when it is not there. */
export async function fetchBun(platform: Pick<Platform, "bun" | "os">): Promise<string> {
  return join(await fetchPackage(platform.bun, BUN_VERSION), "bin", fileName(platform));
}

const fileName = ({ os }: Pick<Platform, "os">) => (os === "win32" ? "bun.exe" : "bun");
