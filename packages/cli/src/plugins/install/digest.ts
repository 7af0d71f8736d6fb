import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Environment } from "@noetl/sdk";
import { type InstalledPlugin, pluginsFolder } from "@noetl/sdk/plugins";
import { ownFolder } from "./own-folder.ts";

/** Of all files below a folder, by name and content: `sha512-…`. Changes whenever one is changed, added or taken away. */
export async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hash = createHash("sha512");
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ path: join(entry.parentPath, entry.name), link: entry.isSymbolicLink() }))
    .map((file) => ({ ...file, name: relative(folder, file.path).replaceAll(sep, "/") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { path, name, link } of files) {
    const content = link ? Buffer.from(await readlink(path)) : await readFile(path);
    hash.update(`${name}\0${link ? "link" : "file"} ${content.length}\0`).update(content);
  }
  return `sha512-${hash.digest("base64")}`;
}

/** Were the files of an installed plugin changed since? A link is meant to change. */
export async function isChanged(env: Environment, plugin: InstalledPlugin): Promise<boolean> {
  const own = ownFolder(plugin);
  const folder = join(pluginsFolder(env), own ?? "");
  if (own === undefined || plugin.digest === undefined || !existsSync(folder)) return false;
  return (await digestOf(folder)) !== plugin.digest;
}
