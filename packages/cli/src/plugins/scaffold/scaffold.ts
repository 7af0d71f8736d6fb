import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NoetlError } from "@noetl/core";
import { packageJson } from "../../conduct/version.ts";
import { scaffoldFiles } from "./files.ts";
import { linkSdk } from "./link-sdk.ts";
import { scaffoldNames } from "./names.ts";

export interface Scaffold {
  name: string;
  folder: string;
  files: string[];
  command: string;
  tool: string;
  /** false: the tests need `npm install` first */
  tests_ready: boolean;
}

/** Makes the folder of a new plugin. Meaning `conflict`, code `PLUGIN_FOLDER`, when there is one of that name. */
export async function scaffoldPlugin(name: string, folder: string): Promise<Scaffold> {
  const names = scaffoldNames(name);
  await mkdir(dirname(folder), { recursive: true });
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new NoetlError("conflict", "PLUGIN_FOLDER", `there is a ${folder} already`, {
      hint: "another name, or --folder",
    });
  }
  const files = scaffoldFiles(names, packageJson.version);
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  const ready = await linkSdk(folder);
  const command = `${names.topic} hello`;
  return { name, folder, files: Object.keys(files), command, tool: names.kind, tests_ready: ready };
}
