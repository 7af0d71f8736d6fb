import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Metafile } from "esbuild";
import type { BuildInfo } from "../../packages/cli/src/built/info.ts";
import { builtModules } from "./built-modules.ts";
import { takeBuiltins, withRequire } from "./chunks/builtins.ts";
import { type Drawn, drawAll } from "./drawn.ts";
import { buildInfo } from "./info.ts";
import { lazyCommonjs } from "./lazy-commonjs.ts";
import { slim } from "./slim/plugin.ts";

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

/** What plugins import, as files beside the program; `sdkUrl` of the SDK points plugins there. */
const SDK = {
  "sdk/index": join("packages", "sdk", "src", "index.ts"),
  "sdk/tool": join("packages", "sdk", "src", "plugin", "tool.ts"),
  "sdk/plugin-testing": join("packages", "sdk", "src", "plugin", "testing.ts"),
};

/** The program as ES modules, split at every lazy import, starting at `main.js`. */
export async function bundle(options: {
  root: string;
  outdir: string;
  info?: BuildInfo;
  drawn?: Drawn;
}): Promise<{ files: number; metafile: Metafile }> {
  const { info = buildInfo(options.root, "bundle"), drawn = await drawAll() } = options;
  const result = await build({
    absWorkingDir: options.root,
    entryPoints: { main: join("packages", "cli", "src", "main.ts"), ...SDK },
    outdir: options.outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    legalComments: "none",
    external: EXTERNAL,
    plugins: [lazyCommonjs(), builtModules(info, drawn), slim(options.root)],
    chunkNames: "chunks/[name]-[hash]",
    define: { "process.env.NODE_ENV": '"production"' },
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const files = result.outputFiles.map(({ path, text }) => ({ path, text: withRequire(takeBuiltins(text)) }));
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  // The shim beside it is CommonJS, for old versions of Node.
  await writeFile(join(options.outdir, "package.json"), `${JSON.stringify({ type: "module" })}\n`);
  return { files: Object.keys(result.metafile.outputs).length, metafile: result.metafile };
}
