import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isObject, NoetlError } from "@noetl/core";
import { type PluginManifest, readManifest } from "@noetl/sdk/plugins";

export interface PluginPackage {
  name: string;
  version: string;
  description?: string;
  manifest: PluginManifest;
}

/** What npm takes for one. It becomes the name of a folder. */
const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;

/**
 * Reads and checks `package.json` of a plugin. Meaning `validation`, codes `PLUGIN_MANIFEST` and `PLUGIN_API`; `not_found`
 * when the folder holds no package.
 */
export async function readPackage(folder: string): Promise<PluginPackage> {
  const path = join(folder, "package.json");
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw broken(`${path} is not JSON: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    throw new NoetlError("not_found", "PLUGIN_SOURCE", `there is no ${path}`, {
      hint: "noetl plugins new NAME makes a plugin",
    });
  }
  if (!isObject(content) || typeof content.name !== "string" || content.name === "") {
    throw broken(`${path} names no package`);
  }
  const { name, version, description } = content;
  if (!NAME.test(name) || name.length > 214) throw broken(`${path}: ${JSON.stringify(name)} is no name for a package`);
  const manifest = readManifest(content.noetl, name);
  const files = [
    ...Object.values(manifest.commands).map(({ file }) => file),
    ...Object.values(manifest.tools).map(({ file }) => file),
    ...Object.values(manifest.hooks),
  ];
  const there = await Promise.all(files.map((file) => isFile(join(folder, file))));
  const missing = files.filter((_, index) => !there[index]);
  if (missing.length > 0) throw broken(`plugin '${name}' names files that are not there: ${missing.join(", ")}`);
  return {
    name,
    version: typeof version === "string" ? version : "0.0.0",
    ...(typeof description === "string" && description !== "" && { description }),
    manifest,
  };
}

/** The files whose change makes what was stored of a link stale. */
export function filesOf(manifest: Pick<PluginManifest, "commands" | "tools">): string[] {
  return [
    "package.json",
    ...Object.values(manifest.commands).map(({ file }) => file),
    ...Object.values(manifest.tools).map(({ file }) => file),
  ];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );
}

function broken(message: string): NoetlError {
  return new NoetlError("validation", "PLUGIN_MANIFEST", message);
}
