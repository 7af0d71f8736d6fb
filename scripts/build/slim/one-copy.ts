import { readFile } from "node:fs/promises";
import { sep } from "node:path";
import type { Plugin } from "esbuild";

const NAME = "one-copy";

/**
 * Takes one of several copies of the same version of a package. npm lays them beside each other when a place higher up is
 * taken by another version.
 */
export function oneCopy(): Plugin {
  return {
    name: NAME,
    setup(build) {
      const first = new Map<string, string>();
      build.onResolve({ filter: /^[@a-z]/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === NAME || kind === "dynamic-import" || !importer.includes("node_modules")) return undefined;
        const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: NAME });
        if (found.external || found.errors.length > 0 || found.namespace !== "file") return found;
        const identity = await identityOf(found.path);
        const taken = first.get(identity) ?? found.path;
        first.set(identity, taken);
        return { ...found, path: taken };
      });
    },
  };
}

/** `name@version/file` of a file below node_modules. */
async function identityOf(path: string): Promise<string> {
  const parts = path.split(sep);
  const at = parts.lastIndexOf("node_modules") + 1;
  if (at === 0) return path;
  const end = at + (parts[at]?.startsWith("@") ? 2 : 1);
  const { version } = JSON.parse(await readFile([...parts.slice(0, end), "package.json"].join(sep), "utf8"));
  return `${parts.slice(at, end).join("/")}@${version}/${parts.slice(end).join("/")}`;
}
