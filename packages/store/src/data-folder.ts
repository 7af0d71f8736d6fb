import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "./secrets/keys.ts";

/**
 * Where NoETL keeps its data (decision 16): `NOETL_HOME`; else `~/.noetl` when it exists; else
 * `$XDG_DATA_HOME/noetl`, by default `~/.local/share/noetl`.
 */
export function dataFolder(env: Environment, home: string = env.HOME ?? homedir()): string {
  return single(env, home) ?? join(xdg(env.XDG_DATA_HOME, join(home, ".local", "share")), "noetl");
}

/** Contexts and settings of a person. */
export function configFolder(env: Environment, home: string = env.HOME ?? homedir()): string {
  return single(env, home) ?? join(xdg(env.XDG_CONFIG_HOME, join(home, ".config")), "noetl");
}

/** Logs and PID files: what survives a restart of a program but matters to nobody else. */
export function stateFolder(env: Environment, home: string = env.HOME ?? homedir()): string {
  return single(env, home) ?? join(xdg(env.XDG_STATE_HOME, join(home, ".local", "state")), "noetl");
}

/** What may be deleted at any time. */
export function cacheFolder(env: Environment, home: string = env.HOME ?? homedir()): string {
  const one = single(env, home);
  return one === undefined ? join(xdg(env.XDG_CACHE_HOME, join(home, ".cache")), "noetl") : join(one, "cache");
}

export const databaseFile = (folder: string): string => join(folder, "noetl.db");
export const keyFile = (folder: string): string => join(folder, "encryption.key");
export const resultsFolder = (folder: string): string => join(folder, "results");

function single(env: Environment, home: string): string | undefined {
  if (env.NOETL_HOME) return env.NOETL_HOME;
  const classic = join(home, ".noetl");
  return existsSync(classic) ? classic : undefined;
}

/** The XDG rules ignore relative paths. */
function xdg(value: string | undefined, fallback: string): string {
  return value !== undefined && isAbsolute(value) ? value : fallback;
}
