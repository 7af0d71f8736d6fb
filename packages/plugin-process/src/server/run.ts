import type { Role, ServerConfig } from "@noetl/server";
import type { Log } from "@noetl/worker";
import { untilSignalled } from "../processes/foreground.ts";
import { claimPidFile, removePidFile, writePidFile } from "../processes/pid-file.ts";
import { argumentsOf, type ServerFlags } from "./start.ts";

export interface RunServerOptions {
  flags: ServerFlags;
  pidFile: string | undefined;
  env: NodeJS.ProcessEnv;
  cwd: string;
  version: string;
  log: Log;
}

/** A server in the foreground until SIGTERM or Ctrl-C. */
export async function runServer({ flags, pidFile, env, cwd, version, log }: RunServerOptions): Promise<void> {
  const { serve } = await import("./serve.ts");
  const { pid } = process;
  const args = argumentsOf(flags);
  if (pidFile !== undefined) await claimPidFile(pidFile, { pid, args });
  const foreground = untilSignalled(log);
  const capacity = flags["max-workers"];
  try {
    await serve({
      env,
      given: givenBy(flags),
      initDb: flags["init-db"],
      worker: flags["with-worker"] ? (capacity === undefined ? {} : { capacity }) : undefined,
      version,
      pid,
      workingDirectory: cwd,
      log,
      signal: foreground.signal,
      async ready({ url }) {
        if (pidFile !== undefined) await writePidFile(pidFile, { pid, args, url });
      },
    });
  } finally {
    foreground.release();
    if (pidFile !== undefined) await removePidFile(pidFile, pid);
  }
}

function givenBy({ host, port, insecure, role }: ServerFlags): Partial<ServerConfig> {
  const roles = role?.filter((each): each is Role => each !== "all");
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(insecure ? { insecure } : {}),
    ...(roles === undefined || role?.includes("all") ? {} : { roles }),
  };
}
