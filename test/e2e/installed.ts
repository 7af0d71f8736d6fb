import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cachedBun } from "../../scripts/binary/bun.ts";
import { packAll } from "../../scripts/pack/pack.ts";
import { platformHere } from "../../scripts/platforms.ts";

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

/** Packs and installs; offline, for the tarballs are all it needs. */
export async function installPacked({ withBinary }: { withBinary: boolean }): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-packed-"));
  const here = withBinary ? platformHere() : undefined;
  const packed = await packAll({ root: ROOT, out: join(folder, "pack"), platforms: here ? [here] : [] });
  const app = join(folder, "app");
  await mkdir(app);
  const tarballs = [...packed.platforms, packed.wrapper].map(({ path }) => path);
  const flags = ["--offline", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"];
  const windows = process.platform === "win32";
  await promisify(execFile)("npm", ["install", ...flags, "--prefix", app, ...tarballs], { cwd: app, shell: windows });
  const modules = join(app, "node_modules");
  const noetl = join(modules, ".bin", "noetl");
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
