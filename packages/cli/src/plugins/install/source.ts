import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { NoetlError } from "@noetl/core";
import type { PluginSource } from "@noetl/sdk/plugins";

/** What a person means by WHAT: a folder or archive that is there, else a package for npm (`name`, `name@^1`, a URL). */
export async function sourceOf(what: string, cwd: string): Promise<PluginSource> {
  const path = resolve(cwd, what.replace(/^file:(\/\/(?=\/))?/, ""));
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  const meansPath = /^(\.|\/|~|file:|[A-Za-z]:[\\/])/.test(what) || /\.(tgz|tar\.gz)$/.test(what);
  // `acme` alone is the package, even where a folder of that name lies around.
  if (found?.isDirectory() && meansPath) return { kind: "folder", spec: path };
  if (found?.isFile()) return { kind: "tarball", spec: path };
  if (meansPath && !/^[a-z+]+:\/\//.test(what)) {
    throw new NoetlError("not_found", "PLUGIN_SOURCE", `there is no ${path}`, {
      hint: "a package of the registry is needed, or ./folder, or ./file.tgz",
    });
  }
  return { kind: "npm", spec: what };
}
