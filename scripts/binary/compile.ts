import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { EXTERNAL } from "../build/bundle.ts";
import type { Platform } from "../platforms.ts";

const run = promisify(execFile);

export interface CompileOptions {
  /** the Bun that compiles: one of this machine */
  bun: string;
  /** the Bun that becomes the binary: one of the platform */
  base: string;
  platform: Platform;
  /** folder of the bundle, with main.js */
  bundle: string;
  outfile: string;
}

/**
 * Makes a binary: the Bun of the platform with the bundle and its bytecode inside. Split as the bundle is, so that a
 * start reads what it needs. What lies in the user's folder (.env, bunfig.toml, tsconfig.json) must not change it;
 * package.json files are read, for packages that plugins import.
 */
export async function compile({ bun, base, platform, bundle, outfile }: CompileOptions): Promise<void> {
  await mkdir(dirname(outfile), { recursive: true });
  const args = [
    "build",
    "--compile",
    "--minify",
    "--keep-names",
    "--bytecode",
    "--format=esm",
    "--splitting",
    `--target=${platform.target}`,
    `--compile-executable-path=${base}`,
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-tsconfig",
    "--compile-autoload-package-json",
    '--define=process.env.NODE_ENV="production"',
    ...EXTERNAL.filter((name) => !name.startsWith("bun:")).map((name) => `--external=${name}`),
    `--outfile=${outfile}`,
    join(bundle, "main.js"),
  ];
  // Bun reads .env and bunfig.toml where it is started; the folder of the bundle has neither.
  await run(bun, args, { cwd: bundle, maxBuffer: 1 << 24 });
}
