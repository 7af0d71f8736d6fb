import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Variables of a process. */
export type Environment = { readonly [name: string]: string | undefined };

/**
 * The folder of `config.yaml`: `NOETL_HOME`, else `~/.noetl` when it exists, else `$XDG_CONFIG_HOME/noetl`, by default
 * `~/.config/noetl` (decision 16).
 */
export function configFolder(env: Environment, home: string = env.HOME ?? homedir()): string {
  if (env.NOETL_HOME) return env.NOETL_HOME;
  const classic = join(home, ".noetl");
  if (existsSync(classic)) return classic;
  const given = env.XDG_CONFIG_HOME;
  return join(given !== undefined && isAbsolute(given) ? given : join(home, ".config"), "noetl");
}
