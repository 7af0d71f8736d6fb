import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export interface Size {
  bytes: number;
  gzip: number;
}

/** What a download weighs (architecture §8). */
const BUDGET = 1_048_576;

export async function sizeOf(folder: string): Promise<Size> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // In one order on every machine: what stands side by side decides what a packer makes of it.
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const all = Buffer.concat(contents);
  return { bytes: all.length, gzip: gzipSync(all, { level: 9 }).length };
}

export async function assertSize(folder: string): Promise<Size> {
  const size = await sizeOf(folder);
  if (size.gzip > BUDGET)
    throw new Error(`${folder} is ${sizeText(size)}; the budget is ${sizeText({ bytes: BUDGET, gzip: BUDGET })}`);
  return size;
}

export function sizeText({ bytes, gzip }: Size): string {
  return `${(bytes / 1024).toFixed(0)} KiB, ${(gzip / 1024).toFixed(0)} KiB gzip`;
}
