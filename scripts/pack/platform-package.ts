import { cp, link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PUBLISH, REPOSITORY } from "../build/package.ts";
import { binaryName, type Platform, packageName } from "../platforms.ts";

/** `package.json` of the package with one binary: installed only where it runs, never a zip file in Yarn's cache. */
export function platformPackage(platform: Platform, version: string): Record<string, unknown> {
  return {
    name: packageName(platform),
    version,
    description: `The ${platform.name} binary of @noetl/cli`,
    license: "MIT",
    repository: REPOSITORY,
    os: [platform.os],
    cpu: [platform.cpu],
    ...(platform.libc && { libc: [platform.libc] }),
    preferUnplugged: true,
    files: ["bin"],
    publishConfig: PUBLISH,
  };
}

/** Makes the folder of that package around a binary. */
export async function writePlatformPackage(options: {
  root: string;
  folder: string;
  platform: Platform;
  version: string;
  binary: string;
}): Promise<void> {
  const { root, folder, platform, version, binary } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "bin"), { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify(platformPackage(platform, version), null, 2)}\n`);
  await writeFile(
    join(folder, "README.md"),
    `# ${packageName(platform)}\n\nThe ${platform.name} binary of [@noetl/cli](https://www.npmjs.com/package/@noetl/cli), which installs it by itself.\n`,
  );
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
  await link(binary, join(folder, "bin", binaryName(platform)));
}
