import type { Role } from "@noetl/server";
import { answers } from "../processes/health.ts";
import { readPidFile } from "../processes/pid-file.ts";
import { serverPlace } from "../processes/places.ts";
import { isTaken, reachable } from "../processes/port.ts";
import { findPython } from "../processes/python.ts";
import type { Program } from "../processes/self.ts";
import { type Started, startDetached } from "../processes/start.ts";
import { initDatabase } from "./init-database.ts";
import { portTaken } from "./port-taken.ts";

export interface ServerFlags {
  host?: string | undefined;
  port?: number | undefined;
  role?: ("all" | Role)[] | undefined;
  insecure: boolean;
  "init-db": boolean;
  "with-worker": boolean;
  "max-workers"?: number | undefined;
  runtime: "node" | "python";
}

export interface StartServerOptions {
  flags: ServerFlags;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** this program */
  self: Program;
  waitMs: number | undefined;
}

const DEFAULT_PORT = 8082;

/** Starts a server in the background (cli §4.5.1). */
export async function startServer(options: StartServerOptions): Promise<Started> {
  const { flags, env, cwd, self, waitMs } = options;
  const place = serverPlace(env);
  const { host, port } = addressOf(flags, env);
  const running = (await readPidFile(place.pidFile)).state === "running";
  if (!running && port !== 0 && (await isTaken(host, port))) throw await portTaken(host, port);
  const args = argumentsOf(flags);
  const common = { label: "the server", place, env, cwd, waitMs, isReady: isHealthy };
  if (flags.runtime === "node") {
    const own = ["server", "start", "--foreground", "--pid-file", place.pidFile, ...args];
    return startDetached({ ...common, program: { file: self.file, args: [...self.args, ...own] } });
  }
  const url = `http://${reachable(host)}:${port}`;
  const started = await startDetached({ ...common, program: await pythonServer(flags, env), foreign: { url, args } });
  if (flags["init-db"] && started.status === "started") await initDatabase(url);
  return started;
}

/** The arguments of the original (cli §4.5.1, 5). */
export async function pythonServer(flags: ServerFlags, env: NodeJS.ProcessEnv): Promise<Program> {
  const { host, port } = addressOf(flags, env);
  const initDb = flags["init-db"] ? ["--init-db"] : [];
  const args = ["-m", "noetl.server", "--host", host, "--port", String(port), ...initDb];
  return { file: await findPython(env), args };
}

const isHealthy = (url: string) => answers(`${url}/api/health`);

function addressOf(flags: ServerFlags, env: NodeJS.ProcessEnv): { host: string; port: number } {
  const port = flags.port ?? Number(env.NOETL_PORT || DEFAULT_PORT);
  return { host: flags.host ?? (env.NOETL_HOST || "127.0.0.1"), port: Number.isInteger(port) ? port : DEFAULT_PORT };
}

/** What was said on the command line, to be said again to the process in the background and by `restart`. */
export function argumentsOf(flags: ServerFlags): string[] {
  return [
    ...(flags.host === undefined ? [] : ["--host", flags.host]),
    ...(flags.port === undefined ? [] : ["--port", String(flags.port)]),
    ...(flags.role ?? []).flatMap((role) => ["--role", role]),
    ...(flags.insecure ? ["--insecure"] : []),
    ...(flags["init-db"] ? ["--init-db"] : []),
    ...(flags["with-worker"] ? ["--with-worker"] : []),
    ...(flags["max-workers"] === undefined ? [] : ["--max-workers", String(flags["max-workers"])]),
    ...(flags.runtime === "python" ? ["--runtime", "python"] : []),
  ];
}
