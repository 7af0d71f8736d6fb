import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type BuildResult, build, type Metafile } from "esbuild";
import type { BuildInfo } from "../../packages/cli/src/built/info.ts";
import { takeBuiltins, withRequire } from "./chunks/builtins.ts";
import { type Chunks, joinChunks, loadedWith } from "./chunks/join.ts";
import { smallChunks } from "./chunks/small.ts";
import { squeezed } from "./chunks/squeeze.ts";
import { type Drawn, drawAll } from "./drawn/drawn.ts";
import { builtModules } from "./drawn/modules.ts";
import { buildInfo } from "./info.ts";
import { lazyCommonjs } from "./lazy-commonjs.ts";
import { oneCopy } from "./slim/one-copy.ts";
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

const MAIN = join("packages", "cli", "src", "main.ts");

/** What every command loads that is not answered at once. */
const EVERY_COMMAND = ["run-cli.ts", "oclif-config.ts"].map((file) => `packages/cli/src/conduct/${file}`);

export interface BundleOptions {
  root: string;
  outdir: string;
  info?: BuildInfo;
  drawn?: Drawn;
}

/** The program as ES modules, split at every lazy import, starting at `main.js`. */
export async function bundle(options: BundleOptions): Promise<{ files: number; metafile: Metafile }> {
  const { root, outdir, info = buildInfo(root, "bundle"), drawn = await drawAll() } = options;
  const result = await build({
    absWorkingDir: root,
    entryPoints: { main: MAIN, ...SDK },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    external: EXTERNAL,
    plugins: [builtModules(info, drawn), slim(root), lazyCommonjs(), oneCopy()],
    chunkNames: "chunks/[name]-[hash]",
    define: { "process.env.NODE_ENV": '"production"' },
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const chunks = await joined(result, root);
  for (const [path, text] of chunks) {
    await mkdir(dirname(path), { recursive: true });
    const code = withRequire(takeBuiltins(text));
    // Bun makes the binary smaller itself.
    await writeFile(path, info.kind === "binary" ? code : squeezed(code));
  }
  // The shim beside it is CommonJS, for old versions of Node.
  await writeFile(join(outdir, "package.json"), `${JSON.stringify({ type: "module" })}\n`);
  return { files: chunks.size, metafile: result.metafile };
}

/** What starts together is one file: the quick answers, what every command needs besides, and many small things. */
async function joined({ outputFiles = [], metafile }: BuildResult, root: string): Promise<Chunks> {
  const chunks: Chunks = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const chunkOf = (entry: string) => {
    const found = Object.entries(metafile?.outputs ?? {}).find(([, { entryPoint }]) => entryPoint === entry);
    if (!found) throw new Error(`no chunk begins with ${entry}`);
    return resolve(root, found[0]);
  };
  const main = chunkOf(MAIN.replaceAll("\\", "/"));
  const start = loadedWith(chunks, [main]);
  const every = loadedWith(chunks, EVERY_COMMAND.map(chunkOf));
  for (const path of start) every.delete(path);
  start.delete(main);
  const quick = await joinChunks(await joinChunks(chunks, every, "every"), start, "start");
  const loaded = [...quick.keys()].filter((path) => /[\\/](start|every)-[0-9a-f]{8}\.js$/.test(path));
  return joinChunks(quick, smallChunks(quick, new Set(loaded)), "small");
}
