import { readdir, readFile, readlink } from "node:fs/promises";
import { connect } from "node:net";

export interface Holder {
  pid: number;
  /** its command line, or its name where that is all there is */
  command: string;
}

const CONNECT_MS = 500;

/** Does something listen there? */
export function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: reachable(host), port, timeout: CONNECT_MS });
    const end = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

/** An address that can be called, for one that was listened on. */
export function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** Who listens on a TCP port of this machine; undefined when it is not known (other users' processes are not seen by everybody). */
export async function holderOf(port: number): Promise<Holder | undefined> {
  const pid = process.platform === "linux" ? await onLinux(port) : await byTool(port);
  return pid === undefined ? undefined : { pid, command: await commandOf(pid) };
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") {
    const line = await text(`/proc/${pid}/cmdline`);
    if (line) return line.replaceAll("\0", " ").trim();
  }
  const { default: psList } = await import("ps-list");
  const found = (await psList()).find((each) => each.pid === pid);
  return found?.cmd ?? found?.name ?? "unknown";
}

/** The kernel lists sockets by inode; the process that has that inode among its open files is the one. */
async function onLinux(port: number): Promise<number | undefined> {
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of ((await text(table)) ?? "").split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const listens = state === "0A" && Number.parseInt(local?.split(":")[1] ?? "", 16) === port;
      if (listens && inode !== undefined) inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const file of await names(`/proc/${pid}/fd`)) {
      if (inodes.has((await link(`/proc/${pid}/fd/${file}`)) ?? "")) return Number(pid);
    }
  }
  return undefined;
}

async function byTool(port: number): Promise<number | undefined> {
  const { execa } = await import("execa");
  const windows = process.platform === "win32";
  const { stdout } = windows
    ? await execa("netstat", ["-ano", "-p", "tcp"], { reject: false })
    : await execa("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"], { reject: false });
  const found = windows
    ? new RegExp(`[:.]${port}\\s+\\S+\\s+LISTENING\\s+(\\d+)`).exec(stdout ?? "")?.[1]
    : (stdout ?? "").split("\n")[0];
  return found && /^\d+$/.test(found.trim()) ? Number(found) : undefined;
}

/** Undefined for what is gone or not ours to see. */
async function quietly<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

const text = (path: string) => quietly(readFile(path, "utf8"));
const link = (path: string) => quietly(readlink(path));
const names = async (path: string) => (await quietly(readdir(path))) ?? [];
