import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sha256Of } from "../binary/make.ts";
import { binaryName, PLATFORMS, type Platform } from "../platforms.ts";
import { formula } from "./homebrew.ts";

const run = promisify(execFile);

/** Debian's names of processors. */
const DEBIAN: Readonly<Record<Platform["cpu"], string>> = { x64: "amd64", arm64: "arm64" };

/**
 * What a release on GitHub offers beside npm, from the binaries under `binaries/NAME/`: an archive a platform, Debian
 * packages of the glibc ones, a Homebrew formula, and SHA256SUMS of it all. Returns the names of the files in `out`.
 */
export async function makeAssets(options: {
  root: string;
  binaries: string;
  version: string;
  out: string;
}): Promise<string[]> {
  const { root, binaries, version, out } = options;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const there = new Set(await readdir(binaries));
  const archives: Record<string, { file: string; sha256: string }> = {};
  for (const platform of PLATFORMS.filter(({ name }) => there.has(name))) {
    const binary = join(binaries, platform.name, binaryName(platform));
    const file = `noetl-${version}-${platform.name}.tar.gz`;
    await archive({ root, binary, platform, to: join(out, file) });
    archives[platform.name] = { file, sha256: await sha256Of(join(out, file)) };
    if (platform.libc === "glibc") await debian({ root, binary, platform, version, out });
  }
  await writeFile(join(out, "noetl.rb"), formula(version, archives));
  const files = (await readdir(out)).sort();
  const sums = await Promise.all(files.map(async (file) => `${await sha256Of(join(out, file))}  ${file}\n`));
  await writeFile(join(out, "SHA256SUMS"), sums.join(""));
  return [...files, "SHA256SUMS"];
}

async function archive(options: { root: string; binary: string; platform: Platform; to: string }): Promise<void> {
  const { root, binary, platform, to } = options;
  await inScratch(async (folder) => {
    await cp(binary, join(folder, binaryName(platform)));
    await chmod(join(folder, binaryName(platform)), 0o755);
    await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
    await run("tar", ["--owner=0", "--group=0", "-czf", to, binaryName(platform), "LICENSE"], { cwd: folder });
  });
}

async function debian(options: {
  root: string;
  binary: string;
  platform: Platform;
  version: string;
  out: string;
}): Promise<void> {
  const { root, binary, platform, version, out } = options;
  const architecture = DEBIAN[platform.cpu];
  // Debian sorts `~` before everything: a pre-release is older than its release.
  const debianVersion = version.replace("-", "~");
  await inScratch(async (folder) => {
    const bin = join(folder, "usr/bin");
    const doc = join(folder, "usr/share/doc/noetl");
    for (const each of [bin, doc, join(folder, "DEBIAN")]) await mkdir(each, { recursive: true });
    await cp(binary, join(bin, "noetl"));
    await chmod(join(bin, "noetl"), 0o755);
    await run("ln", ["-s", "noetl", join(bin, "ntl")]);
    await cp(join(root, "LICENSE"), join(doc, "copyright"));
    await writeFile(
      join(folder, "DEBIAN/control"),
      `Package: noetl
Version: ${debianVersion}
Architecture: ${architecture}
Maintainer: NoETL <maintainers@noetl.io>
Section: utils
Priority: optional
Depends: libc6 (>= 2.28)
Recommends: python3
Homepage: https://noetl.io
Description: run YAML playbooks
 The command line, the server and the worker of NoETL in one program.
`,
    );
    await chmod(folder, 0o755);
    const file = join(out, `noetl_${debianVersion}_${architecture}.deb`);
    await run("dpkg-deb", ["--root-owner-group", "--build", folder, file]);
  });
}

async function inScratch(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-asset-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
