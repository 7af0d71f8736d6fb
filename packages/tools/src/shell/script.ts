import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Shell } from "./shells.ts";

/** Linux refuses a single argument of 128 KiB or more; other systems have limits of that order. */
const LONGEST_ARGUMENT = 100 * 1024;

/** Arguments that make `shell` run `script`: as text, or through a file when it is too long for that. */
export async function scriptArguments(
  shell: Shell,
  script: string,
): Promise<{ args: string[]; remove(): Promise<void> }> {
  if (Buffer.byteLength(script) <= LONGEST_ARGUMENT) return { args: shell.inline(script), remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), "noetl-script-"));
  const path = join(folder, `script${shell.suffix}`);
  await writeFile(path, script, { mode: 0o600 });
  return { args: shell.file(path), remove: () => rm(folder, { recursive: true, force: true }) };
}
