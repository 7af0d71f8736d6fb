import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where files live on this machine; none of them is created here. */
export interface Folders {
  /** `config.yaml` and the like */
  config: string;
  /** runs, credentials, key file */
  data: string;
  cache: string;
}

export interface FoldersInput {
  env: { readonly [name: string]: string | undefined };
  platform?: NodeJS.Platform;
  home?: string;
}

/**
 * `NOETL_HOME`, else `~/.noetl` when it exists, else the XDG folders (decision 16); `%LOCALAPPDATA%` on Windows.
 */
export function foldersOf({ env, platform = process.platform, home = homedir() }: FoldersInput): Folders {
  const one = (folder: string): Folders => ({ config: folder, data: folder, cache: join(folder, "cache") });
  if (env.NOETL_HOME) return one(env.NOETL_HOME);
  const dotted = join(home, ".noetl");
  if (existsSync(dotted)) return one(dotted);
  if (platform === "win32") return one(join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "noetl"));
  return {
    config: join(env.XDG_CONFIG_HOME || join(home, ".config"), "noetl"),
    data: join(env.XDG_DATA_HOME || join(home, ".local", "share"), "noetl"),
    cache: join(env.XDG_CACHE_HOME || join(home, ".cache"), "noetl"),
  };
}
