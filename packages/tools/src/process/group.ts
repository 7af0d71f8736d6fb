import { type ChildProcess, spawn } from "node:child_process";
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
    if (!signalGroup(child.pid, 0)) return;
  }
  signalGroup(child.pid, "SIGKILL");
}
