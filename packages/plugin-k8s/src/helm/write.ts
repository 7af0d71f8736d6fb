import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NoetlError } from "@noetl/core";
import type { Files } from "./chart.ts";

const TEMPLATES = "templates";
/** First line of every values.yaml we write. */
const OURS = /^# Made by noetl /;

/**
 * Writes a chart. What an earlier one had and this one has not goes. Meaning `conflict`: the folder holds something else.
 */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  await refuseOthers(folder);
  await rm(join(folder, TEMPLATES), { recursive: true, force: true });
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

async function refuseOthers(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0) return;
  const ours = names.includes("values.yaml") && OURS.test(await readFile(join(folder, "values.yaml"), "utf8"));
  if (ours) return;
  throw new NoetlError("conflict", "NOT_A_CHART", `${folder} is not empty, and no chart of ours`, {
    hint: "--dir names another folder",
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
