import { readPidFile } from "./pid-file.ts";
import type { Place } from "./places.ts";

export interface ProcessStatus {
  name: string;
  /** `stale`: the PID file is of a process that is gone */
  state: "running" | "stopped" | "stale";
  pid: number | null;
  url: string | null;
  started_at: string | null;
  uptime_seconds: number | null;
  pid_file: string;
  log_file: string;
}

/** What the PID file and the process table say. */
export async function processStatus({ name, pidFile, logFile }: Place, now: number): Promise<ProcessStatus> {
  const found = await readPidFile(pidFile);
  const files = { pid_file: pidFile, log_file: logFile };
  if (found.state === "none") {
    return { name, state: "stopped", pid: null, url: null, started_at: null, uptime_seconds: null, ...files };
  }
  const { pid, start, url } = found.record;
  const running = found.state === "running";
  return {
    name,
    state: running ? "running" : "stale",
    pid,
    url: url ?? null,
    started_at: start === undefined ? null : new Date(start).toISOString(),
    uptime_seconds: running && start !== undefined ? Math.max(0, Math.floor((now - start) / 1_000)) : null,
    ...files,
  };
}
