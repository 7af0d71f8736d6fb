import { readFile } from "node:fs/promises";

/** Clock ticks a second: 100 on every Linux that runs Node. */
const TICKS = 100;
/** The boot time the kernel tells moves with corrections of the clock, and `ps` knows seconds only, ms. */
const TOLERANCE_MS = 2_500;

/** When a process was started, ms since 1970; undefined when it is gone (a zombie is). */
export async function startedAt(pid: number): Promise<number | undefined> {
  if (process.platform === "linux") return startedOnLinux(pid);
  if (!exists(pid)) return undefined;
  const { default: psList } = await import("ps-list");
  return (await psList()).find((each) => each.pid === pid)?.startTime?.getTime();
}

/** Is it the process that was started then, and not another one with its number (decision 16)? Unknown `start`: the number decides. */
export async function isSame(pid: number, start: number | undefined): Promise<boolean> {
  const found = await startedAt(pid);
  if (found === undefined) return process.platform !== "linux" && exists(pid);
  return start === undefined || Math.abs(found - start) <= TOLERANCE_MS;
}

export function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function startedOnLinux(pid: number): Promise<number | undefined> {
  const text = await read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return undefined;
  const boot = Number(/^btime (\d+)$/m.exec((await read("/proc/stat")) ?? "")?.[1] ?? 0);
  return boot * 1_000 + (Number(fields[18]) * 1_000) / TICKS;
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
