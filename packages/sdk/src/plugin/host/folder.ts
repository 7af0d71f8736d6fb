import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "../../contexts/config-folder.ts";

/** Where plugins are installed: `plugins` in the data folder of decision 16. */
export function pluginsFolder(env: Environment, home: string = env.HOME ?? homedir()): string {
  if (env.NOETL_HOME) return join(env.NOETL_HOME, "plugins");
  const classic = join(home, ".noetl");
  if (existsSync(classic)) return join(classic, "plugins");
  const given = env.XDG_DATA_HOME;
  const data = given !== undefined && isAbsolute(given) ? given : join(home, ".local", "share");
  return join(data, "noetl", "plugins");
}
