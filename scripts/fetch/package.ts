import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where what builds and rehearsals need is kept between them, outside the repository: a Bun is 100 MB. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.NOETL_BUILD_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "noetl-build");
}

/** Folder of an npm package in the cache, whether it is there or not. */
export function packageFolder(name: string, version: string): string {
  return join(cacheFolder(), `${name.replace(/^@/, "").replaceAll("/", "-")}-${version}`);
}

/** The files of one npm package, fetched once; nothing of it is run and no dependency comes along. */
export async function fetchPackage(name: string, version: string): Promise<string> {
  const folder = packageFolder(name, version);
  if (await isThere(folder)) return folder;
  const scratch = await scratchFolder();
  try {
    const windows = process.platform === "win32";
    const args = ["pack", `${name}@${version}`, "--pack-destination", scratch];
    await run("npm", args, { cwd: scratch, maxBuffer: 1 << 24, shell: windows });
    const tarball = (await readdir(scratch)).find((file) => file.endsWith(".tgz"));
    if (!tarball) throw new Error(`npm pack ${name}@${version} made no tarball`);
    await run("tar", ["-xzf", tarball], { cwd: scratch });
    await keep(join(scratch, "package"), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return folder;
}

/** node_modules with these packages and what they need, installed once without running scripts. */
export async function installTools(
  tools: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string>> = {},
): Promise<string> {
  const content = JSON.stringify({ name: "tools", private: true, dependencies: tools, overrides });
  const key = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const folder = join(cacheFolder(), `tools-${key}`);
  if (!(await isThere(folder))) {
    const scratch = await scratchFolder();
    try {
      await writeFile(join(scratch, "package.json"), content);
      const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      await run("npm", ["install", ...flags], { cwd: scratch, maxBuffer: 1 << 24 });
      await keep(scratch, folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  return join(folder, "node_modules");
}

async function scratchFolder(): Promise<string> {
  await mkdir(cacheFolder(), { recursive: true });
  return mkdtemp(join(cacheFolder(), "fetch-"));
}

/** Moves into place; when another build was faster, its copy is the same. */
async function keep(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (!(await isThere(to))) await rename(from, to);
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
