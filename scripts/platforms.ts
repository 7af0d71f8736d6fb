/** A system we make a binary for. This table is the only place that names them: packages, checks and downloads follow. */
export interface Platform {
  /** suffix of the npm package and of the download */
  name: string;
  os: "linux" | "darwin" | "win32";
  cpu: "x64" | "arm64";
  libc?: "glibc" | "musl";
  /** the npm package whose Bun the binary is made from; `-baseline` because npm cannot ask for AVX */
  bun: string;
  /** what `bun build --target` calls it */
  target: string;
  /** first bytes that prove the right kind of file came out */
  format: "elf-x64" | "elf-arm64" | "macho-x64" | "macho-arm64" | "pe-x64";
}

export const PLATFORMS: readonly Platform[] = [
  {
    name: "linux-x64",
    os: "linux",
    cpu: "x64",
    libc: "glibc",
    bun: "@oven/bun-linux-x64-baseline",
    target: "bun-linux-x64-baseline",
    format: "elf-x64",
  },
  {
    name: "linux-arm64",
    os: "linux",
    cpu: "arm64",
    libc: "glibc",
    bun: "@oven/bun-linux-aarch64",
    target: "bun-linux-arm64",
    format: "elf-arm64",
  },
  {
    name: "linux-x64-musl",
    os: "linux",
    cpu: "x64",
    libc: "musl",
    bun: "@oven/bun-linux-x64-musl-baseline",
    target: "bun-linux-x64-baseline-musl",
    format: "elf-x64",
  },
  {
    name: "linux-arm64-musl",
    os: "linux",
    cpu: "arm64",
    libc: "musl",
    bun: "@oven/bun-linux-aarch64-musl",
    target: "bun-linux-arm64-musl",
    format: "elf-arm64",
  },
  {
    name: "darwin-arm64",
    os: "darwin",
    cpu: "arm64",
    bun: "@oven/bun-darwin-aarch64",
    target: "bun-darwin-arm64",
    format: "macho-arm64",
  },
  {
    name: "darwin-x64",
    os: "darwin",
    cpu: "x64",
    bun: "@oven/bun-darwin-x64-baseline",
    target: "bun-darwin-x64-baseline",
    format: "macho-x64",
  },
  {
    name: "win32-x64",
    os: "win32",
    cpu: "x64",
    bun: "@oven/bun-windows-x64-baseline",
    target: "bun-windows-x64-baseline",
    format: "pe-x64",
  },
];

/** `@noetl/cli-linux-x64` */
export const packageName = (platform: Platform): string => `@noetl/cli-${platform.name}`;

/** `noetl`, `noetl.exe` */
export const binaryName = (platform: Platform): string => (platform.os === "win32" ? "noetl.exe" : "noetl");

/** The entry for the machine this runs on, when there is one. */
export function platformHere(): Platform | undefined {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  const libc = process.platform === "linux" ? (report?.header?.glibcVersionRuntime ? "glibc" : "musl") : undefined;
  return PLATFORMS.find(
    ({ os, cpu, libc: theirs }) => os === process.platform && cpu === process.arch && theirs === libc,
  );
}
