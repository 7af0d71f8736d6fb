import { mkdtemp, readFile, rm } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

/** Where a script writes `NAME=value` lines for later steps: the file named by NOETL_EXPORTS, also under its old name NOETL_OUTPUT. */
export interface ExportsFile {
  env: { NOETL_EXPORTS: string; NOETL_OUTPUT: string };
  read(): Promise<string>;
  remove(): Promise<void>;
}

/** `wanted` false: nobody will read it, and a script that writes to it nevertheless must not fail. */
export async function exportsFile(wanted: boolean): Promise<ExportsFile> {
  if (!wanted) return { env: names(devNull), read: async () => "", remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "noetl-exports-"));
  const path = join(folder, "exports");
  return {
    env: names(path),
    async read() {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
        throw error;
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function names(path: string) {
  return { NOETL_EXPORTS: path, NOETL_OUTPUT: path };
}

/**
 * Values of the wanted names, under the spelling of the list: the last `NAME=value` line counts, names match in any case, the file
 * wins over stdout (DSL §12.3).
 */
export function readExports(wanted: readonly string[], stdout: string, file: string): { [name: string]: string } {
  const found = new Map<string, string>();
  for (const line of `${stdout}\n${file}`.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)=(.*)$/.exec(line);
    if (match) found.set((match[1] ?? "").toLowerCase(), match[2] ?? "");
  }
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const value = found.get(name.toLowerCase());
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
