import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:os";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** Windows has no process groups: there a tree is ended by `taskkill`. */
export const hasGroups = platform() !== "win32";

/** Signals the group that a detached child leads. False when nobody is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return kill(hasGroups ? -pid : pid, signal);
  } catch (error) {
    // EPERM: somebody is left, of another user (a set-uid program).
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Is somebody in the group who can do anything? The dead whom nobody has reaped count for the kernel, and in a container nobody may
 * ever reap them.
 */
function isGroupAlive(pid: number): boolean {
  if (!signalGroup(pid, 0)) return false;
  if (platform() !== "linux") return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const [state, , group] = readStat(name);
    return group === String(pid) && state !== "Z" && state !== "X";
  });
}

/** State, parent, process group … as proc(5) lists them after the name; nothing when the process has gone meanwhile. */
function readStat(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (hasGroups) signalGroup(child.pid, "SIGKILL");
  else spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore", windowsHide: true });
}

/** SIGTERM for everybody, SIGKILL for those who are still there `grace` ms later. Resolves when the group is empty. */
export async function endGroup(child: ChildProcess, grace: number): Promise<void> {
  if (child.pid === undefined) return;
  if (!hasGroups) return killGroup(child);
  signalGroup(child.pid, "SIGTERM");
  let waited = 0;
  for (let step = 5; waited < grace; step = Math.min(step * 2, 100)) {
    await sleep(step);
    waited += step;
    if (!isGroupAlive(child.pid)) return;
  }
  signalGroup(child.pid, "SIGKILL");
}
