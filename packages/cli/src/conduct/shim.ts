import type { Environment } from "@noetl/sdk";

/** The script of the npm package that started this binary. */
export interface Shim {
  /** as it was called, perhaps a symbolic link */
  path: string;
  /** it became this process, or waits as its parent */
  kind: "replaced" | "parent";
}

/** Reads what the shim left in the environment. What it left for a parent or a child of ours is not meant for us. */
export function shimOf(env: Environment, { pid, ppid }: { pid: number; ppid: number } = process): Shim | undefined {
  const { NOETL_SHIM: path, NOETL_SHIM_PID: us, NOETL_SHIM_PARENT: parent } = env;
  if (!path) return undefined;
  if (us === String(pid)) return { path, kind: "replaced" };
  return parent === String(ppid) ? { path, kind: "parent" } : undefined;
}

const LOOK_MS = 500;

/**
 * Ends this process, as SIGTERM would, once the shim that waits for it is gone: whoever killed it meant us, and cannot
 * know our number. Windows tells nobody that a parent is gone, so there it has no effect.
 */
export function endWithShim(): void {
  if (process.platform === "win32" || shimOf(process.env)?.kind !== "parent") return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_MS);
  timer.unref();
}
