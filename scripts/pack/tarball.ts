import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Tarball {
  name: string;
  version: string;
  path: string;
  /** of the download */
  bytes: number;
  /** of npm: `sha512-…` */
  integrity: string;
}

/** `npm pack` of a folder. Throws when the tarball weighs more than `budget` bytes (architecture §8). */
export async function packFolder(folder: string, destination: string, budget: number): Promise<Tarball> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination];
  const { stdout } = await run("npm", args, { cwd: folder, maxBuffer: 1 << 26, shell: process.platform === "win32" });
  const { name, version, filename, integrity } = packed(JSON.parse(stdout));
  const path = join(destination, filename);
  const { size: bytes } = await stat(path);
  if (bytes > budget) throw new Error(`${filename} is ${bytes} bytes, the budget is ${budget}`);
  return { name, version, path, bytes, integrity };
}

type Packed = { name: string; version: string; filename: string; integrity: string };

/** npm 11 and older print a list, npm 12 prints an object by package name. */
function packed(output: Packed[] | Record<string, Packed>): Packed {
  const [only] = Array.isArray(output) ? output : Object.values(output);
  if (!only) throw new Error("npm pack printed no package");
  return only;
}
