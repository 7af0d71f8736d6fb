import type { Log } from "@noetl/worker";
import { untilSignalled } from "../processes/foreground.ts";
import { claimPidFile, removePidFile, writePidFile } from "../processes/pid-file.ts";
import { argumentsOf, type WorkerFlags } from "./start.ts";

export interface RunWorkerOptions {
  flags: WorkerFlags;
  pidFile: string | undefined;
  /** flags worked in */
  env: NodeJS.ProcessEnv;
  cwd: string;
  version: string;
  log: Log;
}

/** A worker in the foreground until SIGTERM or Ctrl-C, then until what runs has ended. */
export async function runWorker({ flags, pidFile, env, cwd, version, log }: RunWorkerOptions): Promise<void> {
  const { work } = await import("./work.ts");
  const { pid } = process;
  const args = argumentsOf(flags);
  if (pidFile !== undefined) await claimPidFile(pidFile, { pid, args });
  const foreground = untilSignalled(log);
  try {
    await work({
      env,
      version,
      pid,
      workingDirectory: cwd,
      log,
      signal: foreground.signal,
      async ready({ url }) {
        if (pidFile !== undefined) await writePidFile(pidFile, { pid, args, ...(url === undefined ? {} : { url }) });
      },
    });
  } finally {
    foreground.release();
    if (pidFile !== undefined) await removePidFile(pidFile, pid);
  }
}
