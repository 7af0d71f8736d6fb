import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../build/bundle.ts";

/** Like the command that npm links, it lets Node keep what it compiled; here that goes when the program goes. */
const START = `import { enableCompileCache } from "node:module";
enableCompileCache(import.meta.dirname + "/cache");
await import("./lib/main.js");
`;

export interface BuiltProgram {
  /** the script to run */
  path: string;
  remove(): Promise<void>;
}

/** The command line as it is published, made of the sources as they are now, in a folder of its own. */
export async function buildProgram(root: string): Promise<BuiltProgram> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-program-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    // Some tests run it as another user.
    await chmod(folder, 0o755);
    await bundle({ root, outdir: join(folder, "lib") });
    // No bundle has DuckDB inside: people install it beside the program.
    await mkdir(join(folder, "node_modules"));
    await symlink(join(root, "node_modules", "@duckdb"), join(folder, "node_modules", "@duckdb"), "junction");
    const path = join(folder, "noetl.mjs");
    await writeFile(path, START);
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
