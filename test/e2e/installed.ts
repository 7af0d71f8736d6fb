import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cachedBun } from "../../scripts/binary/bun.ts";
import { type MadeBinary, makeBinaries } from "../../scripts/binary/make.ts";
import { buildInfo } from "../../scripts/build/info.ts";
import { buildWrapper } from "../../scripts/build/wrapper.ts";
import { BUDGETS } from "../../scripts/pack/pack.ts";
import { writePlatformPackage } from "../../scripts/pack/platform-package.ts";
import { packFolder } from "../../scripts/pack/tarball.ts";
import { type Platform, platformHere } from "../../scripts/platforms.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ran {
  stdout: string;
  stderr: string;
  code: number | null;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  input?: string;
}

/** `@noetl/cli` as npm installed it from packed tarballs, in a folder of its own. */
export interface Installed {
  folder: string;
  /** node_modules/.bin/noetl */
  noetl: string;
  /** the file of the platform package; undefined when only the JavaScript is installed */
  binary: string | undefined;
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  start(args: readonly string[], options?: RunOptions): ChildProcess;
  remove(): Promise<void>;
}

/** Why there can be no binary; undefined when there can. Tests never download a Bun of 100 MB by themselves. */
export async function noBinary(): Promise<string | undefined> {
  const here = platformHere();
  if (!here) return `there is no binary for ${process.platform}-${process.arch}`;
  return (await cachedBun(here)) ? undefined : "no Bun in the cache: npm run binary fetches it";
}

/**
 * Packs the wrapper and installs it, offline, for the tarball is all it needs. The binary is laid beside it as npm would:
 * packing 120 MB takes longer than all the tests (`npm run release:dry` does it).
 */
export async function installPacked({ withBinary }: { withBinary: boolean }): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-packed-"));
  const here = withBinary ? platformHere() : undefined;
  const app = join(folder, "app");
  await mkdir(app);
  const wrapper = join(folder, "wrapper");
  const made = here ? await makeBinary(here, folder) : undefined;
  await buildWrapper({ root: ROOT, out: wrapper, binaries: made ? { [made.platform.name]: made.sha256 } : {} });
  const { path } = await packFolder(wrapper, folder, BUDGETS.wrapper);
  const flags = ["--offline", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--omit=optional"];
  const windows = process.platform === "win32";
  await promisify(execFile)("npm", ["install", ...flags, "--prefix", app, path], { cwd: app, shell: windows });
  const modules = join(app, "node_modules");
  const noetl = join(modules, ".bin", "noetl");
  if (made) {
    const target = join(modules, "@noetl", `cli-${made.platform.name}`);
    const { version } = buildInfo(ROOT, "binary");
    await writePlatformPackage({ root: ROOT, folder: target, platform: made.platform, version, binary: made.path });
  }
  const env = { HOME: folder, NOETL_HOME: join(folder, "home"), FORCE_COLOR: "", NODE_EXTRA_CA_CERTS: "" };
  const start: Installed["start"] = (args, options = {}) => {
    // By its file and not by its link, for Windows has no links there.
    const script = join(modules, "@noetl", "cli", "bin", "noetl.js");
    const { PATH, SystemRoot, TEMP } = process.env;
    return spawn(process.execPath, [script, ...args], {
      cwd: options.cwd ?? app,
      env: { PATH, SystemRoot, TEMP, ...env, ...options.env },
      stdio: "pipe",
    });
  };
  return {
    folder,
    noetl,
    binary: here && join(modules, "@noetl", `cli-${here.name}`, "bin", windows ? "noetl.exe" : "noetl"),
    start,
    async run(args, options = {}) {
      const child = start(args, options);
      child.stdin?.end(options.input ?? "");
      const output = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ""));
      const [stdout = "", stderr = "", [code]] = await Promise.all([...output, once(child, "close")] as [
        Promise<string>,
        Promise<string>,
        Promise<[number | null]>,
      ]);
      return { stdout, stderr, code };
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function makeBinary(platform: Platform, folder: string): Promise<MadeBinary> {
  for await (const made of makeBinaries({ root: ROOT, out: join(folder, "binary"), platforms: [platform] }))
    return made;
  throw new Error("no binary was made");
}
