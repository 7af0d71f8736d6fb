import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ensureError, NoetlError } from "@noetl/core";
import { type FoundDocument, looksLikeOurs, splitDocuments } from "./document.ts";

/**
 * The documents that PATH arguments name: `-` is stdin, a folder stands for everything below it that `wanted` takes (dotted
 * folders and `node_modules` are not entered). What cannot be read is a document with a problem, so that the rest goes on.
 * Meaning `not_found` when a named file is missing.
 */
export async function findDocuments(
  paths: readonly string[],
  wanted: (kind: string | undefined) => boolean,
): Promise<FoundDocument[]> {
  const found: FoundDocument[] = [];
  for (const path of paths) {
    if (path === "-") found.push(...documentsOf("stdin", await buffer(process.stdin)));
    else if (await isFolder(path)) found.push(...(await folderDocuments(path, wanted)));
    else found.push(...documentsOf(path, await readFile(path)));
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new NoetlError("not_found", "E_FILE_MISSING", `there is no file ${path}`, { cause: error });
    }
    throw new NoetlError("terminal", "E_FILE_READ", `cannot read ${path}: ${message}`, { cause: error });
  }
}

async function folderDocuments(
  folder: string,
  wanted: (kind: string | undefined) => boolean,
): Promise<FoundDocument[]> {
  const found: FoundDocument[] = [];
  for (const file of await dataFiles(folder)) {
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch (error) {
      found.push({ file, text: "", problem: `cannot be read: ${ensureError(error).message}` });
      continue;
    }
    for (const document of documentsOf(file, bytes)) {
      // Other YAML and JSON lies about too; what is broken counts when it says that it is ours.
      const ours = document.problem === undefined ? wanted(document.kind) : looksLikeOurs(bytes.toString("latin1"));
      if (ours) found.push(document);
    }
  }
  return found;
}

function documentsOf(file: string, bytes: Uint8Array): FoundDocument[] {
  try {
    return splitDocuments(file, new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return [{ file, text: "", problem: "is not UTF-8 text" }];
    throw error;
  }
}

async function dataFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : dataFiles(path);
      }
      return /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
    });
  return (await Promise.all(nested)).flat();
}
