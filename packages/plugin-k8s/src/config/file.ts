import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NoetlError } from "@noetl/core";
import { readConfig } from "./read.ts";
import type { K8sConfig, Overlay, Profile } from "./shape.ts";

export const CONFIG_FILE = "noetl.k8s.yaml";

export interface ConfigSources {
  /** of `--config`; undefined = `noetl.k8s.yaml` of the folder when it is there */
  file: string | undefined;
  folder: string;
  profile?: Profile | undefined;
  /** what flags say */
  given?: Overlay | undefined;
}

/** Profile, file and flags, the later before the earlier. Meanings: `not_found` a named file is not there; `validation`. */
export async function loadConfig({ file, folder, ...rest }: ConfigSources): Promise<K8sConfig> {
  const path = file ?? join(folder, CONFIG_FILE);
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw error;
    if (file !== undefined) {
      throw new NoetlError("not_found", "FILE_NOT_FOUND", `${file} is not there`, {
        cause: error,
        hint: "--config names a file such as noetl.k8s.yaml; without it the profile alone counts",
      });
    }
  }
  return readConfig({ file: file ?? CONFIG_FILE, text, ...rest });
}
