import { NoetlError } from "@noetl/core";
import { answers, textOf } from "../processes/health.ts";
import { workerPlace } from "../processes/places.ts";
import { findPython } from "../processes/python.ts";
import type { Program } from "../processes/self.ts";
import { type Started, startDetached } from "../processes/start.ts";

export interface WorkerFlags {
  name?: string | undefined;
  pool?: string[] | undefined;
  "max-workers"?: number | undefined;
  "nats-url"?: string | undefined;
  v2: boolean;
  runtime: "node" | "python";
}

export interface StartWorkerOptions {
  flags: WorkerFlags;
  env: NodeJS.ProcessEnv;
  cwd: string;
  self: Program;
  waitMs: number | undefined;
}

/** Name of a worker among those of this machine (cli §4.5.3). */
export function workerName(flags: Pick<WorkerFlags, "name">, env: NodeJS.ProcessEnv): string {
  return flags.name ?? (env.WORKER_POOL_NAME || env.NOETL_WORKER_POOL_NAME || "default");
}

/**
 * Flags as settings of the worker: they come before the environment. `server` is what flags, environment and contexts chose.
 * Meaning `validation`: `--v2` asks for NATS, and nothing says where it is (decision 23).
 */
export function workerEnvironment(
  flags: WorkerFlags,
  env: NodeJS.ProcessEnv,
  server: { url: string; token?: string },
): NodeJS.ProcessEnv {
  const name = workerName(flags, env);
  const nats = flags["nats-url"] ?? env.NATS_URL;
  if (flags.v2 && !nats) {
    throw new NoetlError("validation", "E_NATS_URL", "--v2 takes commands from NATS, and nothing says where it is", {
      hint: "set NATS_URL, or give --nats-url; without --v2 the worker asks the server",
    });
  }
  return {
    ...env,
    WORKER_POOL_NAME: name,
    NOETL_WORKER_POOL_NAME: name,
    NOETL_SERVER_URL: server.url,
    ...(server.token === undefined ? {} : { NOETL_API_TOKEN: server.token }),
    ...(nats === undefined ? {} : { NATS_URL: nats }),
    ...(flags.pool === undefined ? {} : { NOETL_WORKER_POOL_SEGMENTS: flags.pool.join(",") }),
    ...(flags["max-workers"] === undefined ? {} : { NOETL_WORKER_MAX_INFLIGHT_COMMANDS: String(flags["max-workers"]) }),
  };
}

/** Starts a worker in the background; `env` is `workerEnvironment`. */
export async function startWorker(options: StartWorkerOptions): Promise<Started> {
  const { flags, env, cwd, self, waitMs } = options;
  const name = workerName(flags, env);
  const place = workerPlace(env, name);
  // Without a page to ask it cannot say that it is ready.
  const silent = flags.runtime === "node" && env.WORKER_METRICS_BIND === "off";
  const common = { label: `worker '${name}'`, place, cwd, waitMs: silent ? undefined : waitMs };
  if (flags.runtime === "python") {
    const program = await pythonWorker(env);
    return startDetached({ ...common, env, program, isReady: async () => true, foreign: { args: argumentsOf(flags) } });
  }
  const own = ["worker", "start", "--foreground", "--pid-file", place.pidFile, ...argumentsOf(flags)];
  return startDetached({
    ...common,
    env: { ...env, ...monitorOf(env) },
    program: { file: self.file, args: [...self.args, ...own] },
    isReady: (url) => answers(`${url}/readyz`),
    isEnding,
  });
}

/** A worker that was told to stop says so on its page until the last command is done. */
async function isEnding(url: string): Promise<boolean> {
  return /the worker is (draining|stopped)/.test(await textOf(`${url}/readyz`));
}

/** The original is told everything by its environment (cli §4.5.3). */
export async function pythonWorker(env: NodeJS.ProcessEnv): Promise<Program> {
  return { file: await findPython(env), args: ["-m", "noetl.worker"] };
}

/** Several workers of one machine cannot share the usual port, and nobody but this machine asks. */
function monitorOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const asked = env.WORKER_METRICS_BIND || env.NOETL_WORKER_METRICS_PORT || env.PORT;
  return asked ? {} : { WORKER_METRICS_BIND: "127.0.0.1:0" };
}

/** What has to be said again by `restart`; addresses of NATS may hold a password and travel in the environment. */
export function argumentsOf(flags: WorkerFlags): string[] {
  return [
    ...(flags.name === undefined ? [] : ["--name", flags.name]),
    ...(flags.pool ?? []).flatMap((pool) => ["--pool", pool]),
    ...(flags["max-workers"] === undefined ? [] : ["--max-workers", String(flags["max-workers"])]),
    ...(flags.v2 ? ["--v2"] : []),
    ...(flags.runtime === "python" ? ["--runtime", "python"] : []),
  ];
}
