import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const KEPT = 1_000;

/** Lines that hold what nobody else should read are not kept. */
const SECRET = /--(session-token|auth0-token|auth0-client-secret|auth0-callback-url)\b|password/i;

/** Earlier lines, newest first. A file that cannot be read means none. */
export async function readHistory(file: string): Promise<string[]> {
  try {
    return (await readFile(file, "utf8")).split("\n").filter(Boolean).reverse();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return [];
    throw error;
  }
}

/** `lines` newest first. Rejects when the file cannot be written. */
export async function writeHistory(file: string, lines: readonly string[]): Promise<void> {
  const kept = lines.filter((line) => !SECRET.test(line)).slice(0, KEPT);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${[...kept].reverse().join("\n")}\n`, { mode: 0o600 });
}
