import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { PlaybookRow } from "../port.ts";

const DEPTH = 3;
const LIMIT = 300;
const SKIPPED = /^(\.|node_modules$|dist$|build$|venv$|__pycache__$)/;
const LARGE = 1_000_000;

/** Playbooks in this folder and the ones below it, by their path from here. */
export async function playbooksBelow(folder: string): Promise<PlaybookRow[]> {
  const found: PlaybookRow[] = [];
  const queue = [{ at: folder, depth: 0 }];
  for (let next = queue.shift(); next && found.length < LIMIT; next = queue.shift()) {
    const { at, depth } = next;
    for (const entry of await entriesOf(at)) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && depth < DEPTH && !SKIPPED.test(entry.name)) queue.push({ at: path, depth: depth + 1 });
      if (!entry.isFile() || !/\.ya?ml$/i.test(entry.name)) continue;
      const changedAt = await playbookTime(path);
      if (changedAt !== undefined) found.push({ path: relative(folder, path), version: null, changedAt });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** When it was changed, if it looks like a playbook. */
async function playbookTime(path: string): Promise<number | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    if (size > LARGE) return undefined;
    const text = await readFile(path, "utf8");
    return /^\s*["']?workflow["']?\s*:/m.test(text) ? mtimeMs : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Deleted meanwhile, or not for us. */
function isGone(error: unknown): boolean {
  return ["ENOENT", "EACCES", "EPERM", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}
