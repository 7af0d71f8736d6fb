import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { stateFolder } from "@noetl/store";

type Environment = { readonly [name: string]: string | undefined };

export interface Place {
  /** `server`, or the name of a worker as it stands in file names */
  name: string;
  pidFile: string;
  logFile: string;
}

/** Files of the server of this machine (decision 16). */
export function serverPlace(env: Environment): Place {
  const folder = stateFolder(env);
  return {
    name: "server",
    pidFile: join(folder, "noetl_server.pid"),
    logFile: join(folder, "logs", "server.log"),
  };
}

/** Files of a worker; names differ in no more than letters, digits, `_` and `.` (cli §4.5.3). */
export function workerPlace(env: Environment, name: string): Place {
  const folder = stateFolder(env);
  const plain = name.replaceAll(/[^\w.]/g, "_");
  return {
    name: plain,
    pidFile: join(folder, `noetl_worker_${plain}.pid`),
    logFile: join(folder, "logs", `worker_${plain}.log`),
  };
}

/** Every worker that has a PID file, by name. */
export async function workerPlaces(env: Environment): Promise<Place[]> {
  let names: string[];
  try {
    names = await readdir(stateFolder(env));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names
    .flatMap((name) => /^noetl_worker_(.+)\.pid$/.exec(name)?.[1] ?? [])
    .sort()
    .map((name) => workerPlace(env, name));
}
