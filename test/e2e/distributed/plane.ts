import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAM } from "@noetl/sdk/testing";

export interface Process {
  readonly url: string;
  readonly pid: number;
  /** the end of what it has printed */
  said(): string;
  /** kill -9, and until it is gone */
  kill(): Promise<void>;
  /** SIGTERM, and its exit code */
  stop(): Promise<number | null>;
}

/** Servers and workers as processes of their own, each with what it prints kept for the case that it fails. */
export interface Plane {
  readonly folder: string;
  /** `name` tells several apart; `args` are those of `server start` */
  server(port: number, args?: readonly string[], name?: string): Promise<Process>;
  worker(serverUrl: string, name?: string): Promise<Process>;
  close(): Promise<void>;
}

/** `env` chooses store and bus. Leases are short, so that a test need not wait for two minutes. */
export async function plane(env: { [name: string]: string }): Promise<Plane> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-distributed-"));
  const children = new Set<ChildProcess>();
  const settings = {
    PATH: process.env.PATH,
    HOME: folder,
    NOETL_HOME: join(folder, "data"),
    NOETL_COMMAND_CLAIM_LEASE_SECONDS: "1.5",
    NOETL_COMMAND_HEARTBEAT_INTERVAL_SECONDS: "0.4",
    NOETL_REAPER_INTERVAL_SECONDS: "0.5",
    NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "4",
    WORKER_METRICS_BIND: "127.0.0.1:0",
    ...env,
  };

  async function start(name: string, args: string[], more: { [name: string]: string }): Promise<Process> {
    const file = join(folder, `${name}.pid`);
    await rm(file, { force: true });
    const child = spawn(process.execPath, [PROGRAM, ...args, "--foreground", "--pid-file", file], {
      cwd: folder,
      env: { ...settings, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    const ended = once(child, "exit").then(() => void children.delete(child));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-1_000_000);
      });
    }
    const url = await waitFor(`${name} to start`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended:\n${said}`);
      return /^url=(.*)$/m.exec(await readFile(file, "utf8").catch(() => ""))?.[1];
    });
    const page = args[0] === "server" ? "/api/health" : "/readyz";
    await waitFor(`${name} to be ready`, async () => (await fetch(`${url}${page}`)).ok || undefined);
    return {
      url,
      pid: child.pid ?? 0,
      said: () => said,
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
      async stop() {
        child.kill("SIGTERM");
        await ended;
        return child.exitCode;
      },
    };
  }

  return {
    folder,
    server: (port, args = [], name = "server") =>
      start(name, ["server", "start", "--port", String(port), "--init-db", ...args], {}),
    worker: (url, name = "default") =>
      start(`worker-${name}`, ["worker", "start", "--name", name], { NOETL_SERVER_URL: url }),
    async close() {
      for (const child of children) child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Asks until there is an answer; a connection that is refused is no answer. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined>, ms = 40_000): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + ms; Date.now() < end; ) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`it did not come to this: ${what}`, { cause: last });
}
