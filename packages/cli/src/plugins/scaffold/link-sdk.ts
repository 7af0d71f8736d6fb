import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SDK_SPECIFIERS, sdkUrl } from "@noetl/sdk/plugins";
import { packageJson } from "../../conduct/version.ts";

/**
 * Puts the running program's SDK where the tests of a plugin look for it, so that they pass before anything was
 * installed; `npm install` puts the published one in its place. A compiled binary has no files of it: `false`.
 */
export async function linkSdk(folder: string): Promise<boolean> {
  if (process.versions.bun !== undefined) return false;
  const target = join(folder, "node_modules", "@noetl", "sdk");
  const url = sdkUrl("@noetl/sdk") ?? "";
  await mkdir(dirname(target), { recursive: true });
  if (url.endsWith(".ts")) {
    await symlink(dirname(dirname(fileURLToPath(url))), target, "junction");
    return true;
  }
  await mkdir(target);
  const entries = SDK_SPECIFIERS.map((specifier) => {
    const key = specifier.replace("@noetl/sdk", ".");
    return { key, file: key === "." ? "./index.js" : `${key}.js`, url: sdkUrl(specifier) };
  });
  for (const entry of entries) {
    await writeFile(join(target, entry.file), `export * from ${JSON.stringify(entry.url)};\n`);
  }
  const content = {
    name: "@noetl/sdk",
    version: packageJson.version,
    type: "module",
    exports: Object.fromEntries(entries.map(({ key, file }) => [key, file])),
  };
  await writeFile(join(target, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
  return true;
}
