import { NoetlError, snowflakes, systemClock, systemRandom } from "@noetl/core";
import { dataFolder, openSqliteStore } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import type { Host } from "./options.ts";

/** The laptop: SQLite in the data folder, every tool of this version, the system's clock (decisions 11, 16). */
export async function openHost(options: {
  env: { readonly [name: string]: string | undefined };
  workingDirectory: string;
  credentials?: Host["credentials"];
  remoteCredential?: Host["remoteCredential"];
  remotePlaybook?: Host["remotePlaybook"];
}): Promise<Host> {
  const dataDirectory = dataFolder(options.env);
  const store = await openSqliteStore({ folder: dataDirectory, env: options.env });
  const { env, workingDirectory, ...rest } = options;
  return { store, registry: createRegistry(), clock: systemClock, ids: snowflakes(), random: systemRandom, env, workingDirectory, dataDirectory, ...rest };
}
export { NoetlError };
