import { NoetlError } from "@noetl/core";
import { family } from "./family.ts";
import { exists, isSame } from "./identity.ts";

export interface Target {
  pid: number;
  /** ms since 1970; undefined = not known */
  start?: number;
}

export interface StopOptions {
  /** how long to wait after the polite signal, ms */
  patienceMs: number;
  /** it was told before: a second signal would make it leave at once */
  told?: boolean;
  /** asked when it is still there then: kill it? */
  mayKill(): Promise<boolean>;
}

/** `gone`: there was nothing to stop. `left`: it still runs, and goes on stopping by itself. */
export type Stopped = "stopped" | "killed" | "left" | "gone";

const LOOK_MS = 50;
const KILL_MS = 5_000;

/**
 * Ends a process: SIGTERM, patience, and SIGKILL only when that is allowed; then with everything it started, for what it
 * started cannot end itself any more. A number that was given to another process meanwhile is never signalled.
 */
export async function stop(target: Target, options: StopOptions): Promise<Stopped> {
  if (!(await isSame(target.pid, target.start))) return "gone";
  if (!options.told && !(await signal(target.pid, false))) return "gone";
  if (await ended(target, options.patienceMs)) return "stopped";
  if (!(await options.mayKill())) return "left";
  const all = [target.pid, ...(await descendants(target.pid))];
  // It may have ended while somebody thought about the answer.
  if (!(await isSame(target.pid, target.start))) return "stopped";
  for (const pid of all) await signal(pid, true);
  if (await ended(target, KILL_MS)) return "killed";
  throw new NoetlError("unavailable", "PROCESS_STAYS", `process ${target.pid} does not end, not even by SIGKILL`);
}

/** Ends at once what this process started. */
export async function killDescendants(pid: number): Promise<void> {
  for (const each of await descendants(pid)) await signal(each, true);
}

/** False when it was gone before. */
async function signal(pid: number, force: boolean): Promise<boolean> {
  if (!exists(pid)) return false;
  try {
    // Windows has no signals: there it is the tree of the process that is ended.
    if (process.platform === "win32") await (await import("fkill")).default(pid, { force, tree: true });
    else process.kill(pid, force ? "SIGKILL" : "SIGTERM");
    return true;
  } catch (error) {
    if (exists(pid)) throw error;
    return false;
  }
}

async function ended(target: Target, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; ; ) {
    if (!(await isSame(target.pid, target.start))) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function descendants(pid: number): Promise<number[]> {
  const all = await family();
  const found: number[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    parents = all.filter((each) => parents.includes(each.ppid)).map((each) => each.pid);
    found.push(...parents);
  }
  return found;
}
