import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";

const NAMESPACE = "lazy-commonjs";

/**
 * Gives `await import("package")` the names it has in Node when the package is CommonJS. In a bundle that is split, such
 * a module would have a default and nothing else.
 */
export function lazyCommonjs(): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /^(@|[a-z])/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== "dynamic-import" || path.startsWith("node:") || pluginData === NAMESPACE) return undefined;
        const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: NAMESPACE });
        if (found.external || found.errors.length > 0 || found.namespace !== "file") return found;
        const names = await commonjsNames(found.path);
        return names ? { path: found.path, namespace: NAMESPACE, pluginData: names } : found;
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path, pluginData: names }) => ({
        contents: facade(path, names as string[]),
        resolveDir: dirname(path),
      }));
    },
  };
}

/** Names that Node finds in a CommonJS module; undefined for an ES module. */
async function commonjsNames(path: string): Promise<string[] | undefined> {
  const names = Object.keys((await import(pathToFileURL(path).href)) as object);
  return names.includes("module.exports")
    ? names.filter((name) => /^\w+$/.test(name) && name !== "default")
    : undefined;
}

function facade(path: string, names: readonly string[]): string {
  const exported = names.map((name, index) => `const e${index} = all.${name}; export { e${index} as ${name} };`);
  return [`const all = require(${JSON.stringify(path)});`, "export default all;", ...exported].join("\n");
}
