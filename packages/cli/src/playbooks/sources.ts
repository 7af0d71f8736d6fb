import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { NoetlError } from "@noetl/core";
import { readText } from "@noetl/sdk/payload";

export interface Source {
  /** as shown: the path, or `stdin` */
  file: string;
  text: string;
}

/**
 * The documents that FILE arguments name: `-` is stdin, a folder stands for the NoETL documents below it (other YAML is
 * left out, dotted folders and `node_modules` are not entered). Meaning `not_found` for a missing file or a folder without any.
 */
export async function readSources(files: readonly string[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const file of files) {
    if (file === "-") sources.push({ file: "stdin", text: await readText("-") });
    else if (await isFolder(file)) sources.push(...(await folderSources(file)));
    else sources.push({ file, text: await readText(file) });
  }
  return sources;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );
}

async function folderSources(folder: string): Promise<Source[]> {
  const found: Source[] = [];
  for (const file of await yamlFiles(folder)) {
    const text = await readText(file);
    if (looksLikeOurs(text)) found.push({ file, text });
  }
  if (found.length > 0) return found;
  throw new NoetlError("not_found", "E_NO_PLAYBOOK", `there is no playbook in ${folder}`, {
    hint: "documents with apiVersion: noetl.io/… are looked for in *.yaml and *.yml",
  });
}

async function yamlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : yamlFiles(path);
      return /\.ya?ml$/i.test(entry.name) ? [path] : [];
    });
  return (await Promise.all(nested)).flat();
}

function looksLikeOurs(text: string): boolean {
  return /^\s*["']?apiVersion["']?\s*:\s*["']?noetl\.io\//m.test(text);
}
