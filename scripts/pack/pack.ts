import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBinaries } from "../binary/make.ts";
import { buildInfo } from "../build/info.ts";
import { buildWrapper } from "../build/wrapper.ts";
import type { Platform } from "../platforms.ts";
import { buildSdk } from "../sdk/build.ts";
import { writePlatformPackage } from "./platform-package.ts";
import { packFolder, type Tarball } from "./tarball.ts";

/** Bytes a download may have (architecture §8). */
export const BUDGETS = { wrapper: 1_048_576, platform: 62_914_560, sdk: 524_288 };

export interface Packed {
  /** of the platforms, in the order given */
  platforms: Tarball[];
  wrapper: Tarball;
  /** `@noetl/sdk`, for authors of plugins */
  sdk: Tarball;
}

/** Makes every package as a tarball under `out`; the wrapper asks for exactly these platforms, by version and sha256. */
export async function packAll(options: {
  root: string;
  out: string;
  platforms: readonly Platform[];
  note?: (text: string) => void;
}): Promise<Packed> {
  const { root, out, platforms, note = () => {} } = options;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { version } = buildInfo(root, "bundle");
  const tarballs: Tarball[] = [];
  const binaries: Record<string, string> = {};
  if (platforms.length > 0) {
    for await (const { platform, path, sha256 } of makeBinaries({ root, out: join(out, "binary"), platforms })) {
      const folder = join(out, "npm", `cli-${platform.name}`);
      await writePlatformPackage({ root, folder, platform, version, binary: path });
      const tarball = await packFolder(folder, out, BUDGETS.platform);
      note(`${tarball.name}: ${(tarball.bytes / 1_048_576).toFixed(1)} MiB`);
      binaries[platform.name] = sha256;
      tarballs.push(tarball);
    }
  }
  const folder = join(out, "npm", "cli");
  await buildWrapper({ root, out: folder, binaries });
  const wrapper = await packFolder(folder, out, BUDGETS.wrapper);
  note(`${wrapper.name}: ${(wrapper.bytes / 1024).toFixed(0)} KiB`);
  const sdkFolder = join(out, "npm", "sdk");
  await buildSdk({ root, out: sdkFolder, version });
  const sdk = await packFolder(sdkFolder, out, BUDGETS.sdk);
  note(`${sdk.name}: ${(sdk.bytes / 1024).toFixed(0)} KiB`);
  const packed = { platforms: tarballs, wrapper, sdk };
  await writeFile(join(out, "packed.json"), `${JSON.stringify(packed, null, 2)}\n`);
  return packed;
}
