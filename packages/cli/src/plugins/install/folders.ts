import { existsSync, renameSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledPlugin } from "@noetl/sdk/plugins";
import { isAlive } from "../../is-alive.ts";
import { digestOf } from "./digest.ts";
import { ownFolder } from "./own-folder.ts";

const OLD = /^\.old-(.+)$/;
const NEW = /^\.new-(\d+)-/;

/** A folder to install into, beside those that are used. */
export async function stagingFolder(home: string): Promise<string> {
  await mkdir(home, { recursive: true });
  return mkdtemp(join(home, `.new-${process.pid}-`));
}

/** Puts a finished folder in the place of `own`. What was there stays beside it until the list of plugins is written. */
export function swapFolder(home: string, from: string, own: string): void {
  const to = join(home, own);
  if (existsSync(to)) renameSync(to, join(home, `.old-${own}`));
  renameSync(from, to);
}

/** After a change that was cut off: what the list describes is in its place again. */
export async function recoverFolders(home: string, plugins: readonly InstalledPlugin[]): Promise<void> {
  for (const name of await readdir(home)) {
    const own = OLD.exec(name)?.[1];
    if (own === undefined) continue;
    const to = join(home, own);
    const described = plugins.find((plugin) => ownFolder(plugin) === own)?.digest;
    const isNew = existsSync(to) && described !== undefined && described === (await digestOf(to));
    if (!isNew) {
      await rm(to, { recursive: true, force: true });
      renameSync(join(home, name), to);
    }
  }
}

/** Removes what no plugin of the list uses and no living process makes. */
export async function sweepFolders(home: string, plugins: readonly InstalledPlugin[]): Promise<void> {
  const used = new Set(plugins.map(ownFolder));
  for (const entry of await readdir(home, { withFileTypes: true })) {
    const maker = NEW.exec(entry.name)?.[1];
    if (!entry.isDirectory() || used.has(entry.name) || (maker !== undefined && isAlive(Number(maker)))) continue;
    await rm(join(home, entry.name), { recursive: true, force: true });
  }
}
