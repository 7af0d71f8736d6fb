import { snowflakes, systemClock, systemRandom } from "@noetl/core";
import { dataFolder, openSqliteStore } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import type { Host } from "./options.ts";

export type HostOptions = Pick<Host, "env" | "workingDirectory"> &
  Partial<Pick<Host, "registry" | "credentials" | "remoteCredential" | "remotePlaybook">>;

/** The laptop: SQLite in the data folder, every tool of this version, the system's clock (decisions 11, 16). */
export async function openHost(options: HostOptions): Promise<Host> {
  const dataDirectory = dataFolder(options.env);
  const store = await openSqliteStore({ folder: dataDirectory, env: options.env });
  // The newest run is the one with the largest id, also when the clock was set back since.
  const [newest] = await store.executions.list({ limit: 1 });
  return {
    store,
    registry: options.registry ?? createRegistry(),
    clock: systemClock,
    ids: snowflakes({ after: newest?.execution_id }),
    random: systemRandom,
    dataDirectory,
    ...options,
  };
}
