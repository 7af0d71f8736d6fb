import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { platform } from "node:os";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** Runs: the dead who wait to be reaped do not. */
export function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return platform() !== "linux" || !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    // No such process.
    return false;
  }
}

/** Waits up to five seconds for all of them to be gone. */
export async function allGone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; pids.some(isAlive); waited += 20) {
    assert.ok(waited < 5_000, `still there: ${pids.filter(isAlive)}`);
    await sleep(20);
  }
}
