import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { Version } from "../../packages/cli/src/conduct/version.ts";
import { type Platform, platformHere } from "../platforms.ts";

const run = promisify(execFile);

/**
 * Runs `--version --json` of a fresh binary: directly where it is native, one for another processor under qemu with
 * the C library of a cross compiler. Undefined when this machine has no way to run it.
 */
export async function probe(path: string, platform: Platform): Promise<Version | undefined> {
  const command = await launcher(platform);
  if (!command) return undefined;
  const [program = path, ...args] = [...command, path, "--version", "--json"];
  const { stdout } = await run(program, args, { timeout: 300_000 });
  return JSON.parse(stdout) as Version;
}

/** Debian's qemu-user-static and libc6-arm64-cross, libc6-amd64-cross. */
const EMULATED: Readonly<Record<Platform["cpu"], { qemu: string; libraries: string }>> = {
  arm64: { qemu: "/usr/bin/qemu-aarch64-static", libraries: "/usr/aarch64-linux-gnu" },
  x64: { qemu: "/usr/bin/qemu-x86_64-static", libraries: "/usr/x86_64-linux-gnu" },
};

async function launcher(platform: Platform): Promise<string[] | undefined> {
  const here = platformHere();
  if (here?.name === platform.name) return [];
  if (process.platform !== "linux" || platform.libc !== "glibc") return undefined;
  const { qemu, libraries } = EMULATED[platform.cpu];
  return existsSync(qemu) && existsSync(libraries) ? [qemu, "-L", libraries] : undefined;
}
