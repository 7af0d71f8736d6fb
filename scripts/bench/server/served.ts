import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { text as wholeOf } from "node:stream/consumers";

/** `noetl server start --foreground` as a process of its own, on a free port, its state under `home`. */
export interface Served {
  url: string;
  /** ms until it took the first request */
  ready: number;
  post(path: string, body: unknown): Promise<{ [key: string]: unknown }>;
  get(path: string): Promise<{ [key: string]: unknown }>;
  /** most memory resident so far, MB; 0 where the system does not tell */
  peak(): Promise<number>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url: string, child: ChildProcess, errors: Promise<string>): Promise<void> {
  for (;;) {
    try {
      await ask(`${url}/api/health`, {});
      return;
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`the server ended: ${await errors}`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function ask(url: string, init: RequestInit): Promise<{ [key: string]: unknown }> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return JSON.parse(text) as { [key: string]: unknown };
}

export async function serve(script: readonly string[], home: string, more: readonly string[] = []): Promise<Served> {
  const port = await freePort();
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...inherited } = process.env;
  const env = { ...inherited, NOETL_HOME: home, HOME: home, NOETL_RUNTIME: "js" };
  const args = [
    "--disable-warning=ExperimentalWarning",
    ...script,
    "server",
    "start",
    "--foreground",
    "--port",
    `${port}`,
    ...more,
  ];
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd: home, env, stdio: ["ignore", "ignore", "pipe"] });
  const url = `http://127.0.0.1:${port}`;
  await answers(url, child, wholeOf(child.stderr));
  return {
    url,
    ready: performance.now() - began,
    post: (path, body) =>
      ask(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    get: (path) => ask(`${url}${path}`, {}),
    async peak() {
      if (process.platform !== "linux") return 0;
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
    },
    async kill(signal) {
      const ended = once(child, "close");
      child.kill(signal);
      await ended;
    },
  };
}
