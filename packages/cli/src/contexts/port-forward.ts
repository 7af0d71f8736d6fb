import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { NoetlError } from "@noetl/core";
import type { Context } from "@noetl/sdk";
import { type Environment, stateFolder } from "@noetl/store";
import { isAlive } from "../is-alive.ts";
import { KUBE_PORT, KUBE_SERVICE } from "./view.ts";

const SETTLE_MS = 250;
const STOP_MS = 500;

export interface Tunnel {
  command: readonly string[];
  localPort: number;
  pidFile: string;
}

/** The kubectl call that makes a context's address answer. Meaning `validation` when the context does not say enough. */
export function tunnelOf(context: Context, env: Environment): Tunnel {
  const { name, kubeContext, kubeNamespace, serverUrl } = context;
  const url = new URL(serverUrl);
  const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (kubeContext === undefined || kubeNamespace === undefined || !loopback || url.port === "") {
    throw new NoetlError(
      "validation",
      "E_PORT_FORWARD",
      `context '${name}' needs a kube context, a namespace, and a server URL on this machine with a port`,
      {
        hint: `noetl context update ${name} --kube-context C --kube-namespace N --server-url http://localhost:18082`,
      },
    );
  }
  const localPort = Number(url.port);
  const ports = `${localPort}:${context.kubeRemotePort ?? KUBE_PORT}`;
  const target = `svc/${context.kubeService ?? KUBE_SERVICE}`;
  return {
    command: ["kubectl", "--context", kubeContext, "-n", kubeNamespace, "port-forward", target, ports],
    localPort,
    pidFile: join(stateFolder(env), "port-forwards", `${name}.pid`),
  };
}

export type TunnelState = { state: "running"; pid: number } | { state: "stale"; pid: number } | { state: "none" };

export async function tunnelState({ pidFile }: Tunnel): Promise<TunnelState> {
  const text = await readFile(pidFile, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const pid = Number(text?.split("\n")[0]);
  if (text === undefined || !Number.isInteger(pid) || pid <= 1) return { state: "none" };
  return { state: isAlive(pid) && (await isOurs(pid)) ? "running" : "stale", pid };
}

/** Runs kubectl on this terminal until it ends; its exit code. */
export async function forward(tunnel: Tunnel): Promise<number> {
  await requireFreePort(tunnel.localPort);
  const child = start(tunnel, "inherit", false);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(missing(error)));
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** Starts kubectl in the background. Meanings: `conflict` it runs already or the port is taken, `unavailable` it ended at once. */
export async function forwardDetached(tunnel: Tunnel): Promise<number> {
  const known = await tunnelState(tunnel);
  if (known.state === "running") {
    throw new NoetlError("conflict", "TUNNEL_RUNNING", `it runs already, PID ${known.pid}`, { hint: "--stop ends it" });
  }
  await requireFreePort(tunnel.localPort);
  const child = start(tunnel, "ignore", true);
  const ended = new Promise<never>((_resolve, reject) => {
    child.on("error", (error) => reject(missing(error)));
    child.on("exit", (code) =>
      reject(
        new NoetlError("unavailable", "TUNNEL_ENDED", `kubectl ended at once with exit code ${code}`, {
          hint: `see why: ${tunnel.command.join(" ")}`,
        }),
      ),
    );
  });
  await Promise.race([ended, setTimeout(SETTLE_MS)]);
  ended.catch(() => {});
  const { pid } = child;
  if (pid === undefined) throw new NoetlError("unavailable", "TUNNEL_ENDED", "kubectl did not start");
  await mkdir(join(tunnel.pidFile, ".."), { recursive: true, mode: 0o700 });
  await writeFile(tunnel.pidFile, `${pid}\n`, { mode: 0o600 });
  child.unref();
  return pid;
}

/** Ends it: asked first, killed half a second later. False when it did not run. */
export async function stopForward(tunnel: Tunnel): Promise<boolean> {
  const known = await tunnelState(tunnel);
  if (known.state === "running") {
    process.kill(known.pid, "SIGTERM");
    for (let waited = 0; waited < STOP_MS && isAlive(known.pid); waited += 50) await setTimeout(50);
    if (isAlive(known.pid)) process.kill(known.pid, "SIGKILL");
  }
  await rm(tunnel.pidFile, { force: true });
  return known.state === "running";
}

function start({ command }: Tunnel, stdio: "inherit" | "ignore", detached: boolean): ChildProcess {
  const [program = "kubectl", ...args] = command;
  return spawn(program, args, { stdio, detached });
}

function missing(error: Error): NoetlError {
  const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
  return new NoetlError("unavailable", "KUBECTL", gone ? "there is no kubectl on the PATH" : error.message, {
    cause: error,
  });
}

/** A number may have been given to another program meanwhile; where the system tells, it has to be kubectl. */
async function isOurs(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "EACCES") return "";
    throw error;
  });
  return line.includes("port-forward");
}

async function requireFreePort(port: number): Promise<void> {
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer().once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
  if (!free) throw new NoetlError("conflict", "PORT_IN_USE", `port ${port} of this machine is in use`);
}
