import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "./suggest.ts";

/** For a file that is not there: the one of its folder that was probably meant, else what is wrong with the folder. */
export function missingFileHint(file: string): string | undefined {
  const folder = dirname(file);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `there is no folder ${folder} either` : undefined;
  }
  const meant = nearest(basename(file), names);
  return meant === undefined ? undefined : `did you mean ${join(folder, meant)}?`;
}
