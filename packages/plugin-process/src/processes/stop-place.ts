import { type PidRecord, readPidFile, removePidFile } from "./pid-file.ts";
import type { Place } from "./places.ts";
import { type Stopped, stop } from "./stop.ts";

export interface StopPlaceOptions {
  place: Place;
  patienceMs: number;
  /** asked first; false = leave it */
  mayStop(pid: number): Promise<boolean>;
  mayKill(pid: number): Promise<boolean>;
  /** is it stopping already, because somebody told it before? */
  isStopping?(record: PidRecord): Promise<boolean>;
}

export interface StopResult {
  name: string;
  /** `not_running`: there was nothing to stop · `declined`: somebody said no · `left`: it still stops, or waits */
  status: "stopped" | "killed" | "left" | "declined" | "not_running";
  pid: number | null;
}

/** Stops what a PID file names, and removes the file when the process is gone (cli §4.5.2). */
export async function stopPlace(options: StopPlaceOptions): Promise<StopResult> {
  const { place, patienceMs } = options;
  const { name } = place;
  const found = await readPidFile(place.pidFile);
  if (found.state === "none") return { name, status: "not_running", pid: null };
  const { pid, start } = found.record;
  if (found.state === "stale") {
    await removePidFile(place.pidFile, pid);
    return { name, status: "not_running", pid };
  }
  if (!(await options.mayStop(pid))) return { name, status: "declined", pid };
  const stopped = await stop(
    { pid, ...(start === undefined ? {} : { start }) },
    { patienceMs, told: (await options.isStopping?.(found.record)) ?? false, mayKill: () => options.mayKill(pid) },
  );
  if (stopped !== "left") await removePidFile(place.pidFile, pid);
  return { name, status: statusOf(stopped), pid };
}

function statusOf(stopped: Stopped): StopResult["status"] {
  return stopped === "gone" ? "stopped" : stopped;
}
