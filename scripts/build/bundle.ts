import { join } from "node:path";
import { build } from "esbuild";

/**
 * Never inside: compilers that oclif asks for in development, and native modules that are optional (DuckDB). `bun:*`
 * exists inside the binary only.
 */
export const EXTERNAL = [
  "typescript",
  "ts-node",
  "tsx",
  "@duckdb/node-api",
  "@duckdb/node-bindings",
  "pg-native",
  "bun:*",
];

/** CommonJS dependencies inside an ESM bundle still call `require` for built-in modules. */
const BANNER = `import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`;

export async function bundle(options: { root: string; outdir: string }): Promise<{ files: number }> {
  const result = await build({
    absWorkingDir: options.root,
    entryPoints: { main: join("packages", "cli", "src", "main.ts") },
    outdir: options.outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    keepNames: true,
    legalComments: "none",
    external: EXTERNAL,
    banner: { js: BANNER },
    chunkNames: "chunks/[name]-[hash]",
    define: { "process.env.NODE_ENV": '"production"' },
    metafile: true,
    logLevel: "warning",
  });
  return { files: Object.keys(result.metafile.outputs).length };
}
