import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureError, NoetlError } from "@noetl/core";
import type { Host } from "./options.ts";

/** Start time of a process in clock ticks since boot; `undefined` where the system does not tell (not Linux) or it is gone. */
async function startTime(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch (error) {
    if (["ENOENT", "ESRCH", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function fileOf(host: Pick<Host, "dataDirectory">, executionId: string): string {
  return join(host.dataDirectory, "running", executionId);
}

/** Says that this process drives the run, with its start time so that a reused PID does not count (decision 16). */
export async function claimRun(host: Host, executionId: string): Promise<() => Promise<void>> {
  const file = fileOf(host, executionId);
  const claim = JSON.stringify({ pid: process.pid, started: await startTime(process.pid) });
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, claim);
  } catch (error) {
    throw new NoetlError("terminal", "E_DATA_FOLDER", `cannot write ${file}: ${ensureError(error).message}`, {
      hint: "free some space, or set NOETL_HOME to a folder that is yours",
      cause: error,
    });
  }
  return () => rm(file, { force: true });
}

/** Is some process still driving this run? A run that says RUNNING and has none was interrupted. */
export async function isDriven(host: Pick<Host, "dataDirectory">, executionId: string): Promise<boolean> {
  return (await driverOf(host, executionId)) !== undefined;
}

/** Id of the process that drives this run. */
export async function driverOf(host: Pick<Host, "dataDirectory">, executionId: string): Promise<number | undefined> {
  let claim: { pid: number; started?: string };
  try {
    claim = JSON.parse(await readFile(fileOf(host, executionId), "utf8")) as { pid: number; started?: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
  try {
    process.kill(claim.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  const same = claim.started === undefined || claim.started === (await startTime(claim.pid));
  return same ? claim.pid : undefined;
}
