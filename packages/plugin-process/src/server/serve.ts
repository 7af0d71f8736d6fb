import { type Clock, ensureError, NoetlError, snowflakes, systemClock } from "@noetl/core";
import { registryWithPlugins } from "@noetl/sdk/tool-registry";
import { openServer, type Server, type ServerConfig, serverConfig } from "@noetl/server";
import { dataFolder } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import type { Log } from "@noetl/worker";
import { type Backends, openBackends, tlsOf } from "./backends.ts";
import { portTaken } from "./port-taken.ts";

type Environment = { readonly [name: string]: string | undefined };

export interface ServeOptions {
  env: Environment;
  /** what flags said; before the environment */
  given: Partial<Pick<ServerConfig, "host" | "port" | "roles" | "insecure">>;
  initDb: boolean;
  /** a worker in the same process, with so many commands at one time; undefined = none */
  worker: { capacity?: number } | undefined;
  version: string;
  pid: number;
  workingDirectory: string;
  log: Log;
  /** it listens */
  ready(address: { url: string; description: string }): Promise<void>;
  /** ends it */
  signal: AbortSignal;
  clock?: Clock;
}

/**
 * A server in this process, from its settings to its end. Meanings: `validation` a setting is wrong; `unavailable` the port is taken,
 * the database or the broker is not there.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { env, log, signal } = options;
  const clock = options.clock ?? systemClock;
  const machine = machineOf(env);
  const ids = snowflakes({ clock, ...(machine === undefined ? {} : { machine }) });
  const backends = await openBackends({ env, clock, ids, log, initDb: options.initDb, signal });
  try {
    const tls = tlsOf(env);
    const config = serverConfig(env, { ...options.given, ...backends.config, ...(tls ? { tls } : {}) });
    const tools = registryWithPlugins(env);
    const { store, bus } = backends;
    const server = openServer({ store, bus, config, clock, ids, tools, log, version: options.version });
    await run(server, config, backends, tools, options);
  } finally {
    await backends.close();
  }
}

async function run(
  server: Server,
  config: ServerConfig,
  backends: Backends,
  tools: Registry,
  options: ServeOptions,
): Promise<void> {
  const { signal, log } = options;
  try {
    const { url } = await listen(server, config);
    const working = await startWorker(server, tools, options);
    log.info("the server listens", { url, roles: config.roles.join(","), state: backends.description });
    await options.ready({ url, description: backends.description });
    await aborted(signal);
    log.info("the server stops");
    await working?.stop();
  } finally {
    await server.close();
  }
}

async function listen(server: Server, { host, port }: ServerConfig): Promise<{ url: string }> {
  try {
    return await server.listen();
  } catch (thrown) {
    const error = ensureError(thrown) as NodeJS.ErrnoException;
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    throw await portTaken(host, port, error);
  }
}

async function startWorker(
  server: Server,
  tools: Registry,
  options: ServeOptions,
): Promise<{ stop(): Promise<void> } | undefined> {
  if (!options.worker) return undefined;
  const { openEmbeddedWorker } = await import("../embedded/worker.ts");
  const { env, workingDirectory, version, pid, log } = options;
  const worker = await openEmbeddedWorker(server, {
    tools,
    env,
    workingDirectory,
    dataDirectory: dataFolder(env),
    version,
    pid,
    log,
    ...options.worker,
  });
  const running = worker.run().catch((error: unknown) => log.error("the worker ended", { error: ensureError(error) }));
  return {
    async stop() {
      worker.drain();
      await running;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function machineOf(env: Environment): number | undefined {
  const text = env.NOETL_SERVER_MACHINE_ID || env.NOETL_SNOWFLAKE_NODE_ID;
  if (!text) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 1_023) return value;
  throw new NoetlError("validation", "E_CONFIG", `NOETL_SERVER_MACHINE_ID: '${text}' is not a number from 0 to 1023`);
}
