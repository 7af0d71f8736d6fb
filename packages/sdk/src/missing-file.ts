import { readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { nearest } from "@noetl/core";

/** For a file that is not there: the one of its folder that was probably meant, else what is wrong with the folder. */
export function missingFileHint(file: string): string | undefined {
  const folder = dirname(file);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `there is no folder ${fromHere(folder)} either` : undefined;
  }
  const meant = nearest(basename(file), names);
  return meant === undefined ? undefined : `did you mean ${fromHere(join(folder, meant))}?`;
}

/** As somebody would type it who is in this folder. */
function fromHere(file: string): string {
  const path = relative("", file);
  return path.startsWith("..") ? file : path;
}
