import { chmod, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./bundle.ts";
import { buildInfo } from "./info.ts";
import { wrapperPackage } from "./package.ts";
import { assertSize, type Size } from "./size.ts";

/** Makes the folder of the package `@noetl/cli`, without binaries unless their sha256 are given. */
export async function buildWrapper(options: {
  root: string;
  out: string;
  binaries?: Readonly<Record<string, string>>;
}): Promise<{ files: number; size: Size }> {
  const { root, out, binaries = {} } = options;
  const info = buildInfo(root, "bundle");
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, "bin"), { recursive: true });
  const { files } = await bundle({ root, outdir: join(out, "lib"), info });
  const content = wrapperPackage({ root, version: info.version, binaries });
  await writeFile(join(out, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
  for (const file of ["README.md", "LICENSE"]) await cp(join(root, file), join(out, file));
  const shim = join(out, "bin", "noetl.js");
  await cp(join(root, "bin", "noetl.cjs"), shim);
  await chmod(shim, 0o755);
  return { files, size: await assertSize(out) };
}
