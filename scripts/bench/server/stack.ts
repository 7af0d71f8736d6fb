import { pid } from "node:process";
import { openInProcessBus, openNatsBus } from "../../../packages/bus/src/index.ts";
import { snowflakes, systemClock, systemRandom } from "../../../packages/core/src/index.ts";
import { openEmbeddedWorker } from "../../../packages/plugin-process/src/embedded/index.ts";
import { defaults, openServer, type Server, silent as silentServer } from "../../../packages/server/src/index.ts";
import { fixedKeys, openPostgresStore, openSqliteStore, type Store } from "../../../packages/store/src/index.ts";
import { createRegistry } from "../../../packages/tools/src/index.ts";
import {
  connect,
  openWorkerProcess,
  silent,
  type WorkerProcess,
  workerConfig,
} from "../../../packages/worker/src/index.ts";

export interface StackOptions {
  folder: string;
  capacity: number;
  /** PostgreSQL and NATS, the worker over HTTP; absent = SQLite, the worker in the server */
  cluster?: { postgres: string; nats: string };
  /** no worker */
  idle?: boolean;
}

export interface Stack {
  server: Server;
  store: Store;
  url: string;
  close(): Promise<void>;
}

/** A server with one worker, as `server start --with-worker` or as a deployment has it, in this process. */
export async function openStack(options: StackOptions): Promise<Stack> {
  const { folder, cluster } = options;
  const ids = snowflakes();
  const store = cluster ? await clusterStore(cluster.postgres) : await openSqliteStore({ folder, ids, resident: true });
  await store.migrate();
  const bus = cluster
    ? await openNatsBus({ url: cluster.nats, clock: systemClock })
    : openInProcessBus({ clock: systemClock });
  const kind = cluster ? ({ bus: "broker", shared: true } as const) : ({ bus: "poll", shared: false } as const);
  const server = openServer({
    store,
    bus,
    config: { ...defaults, ...kind, port: 0 },
    clock: systemClock,
    ids,
    tools: createRegistry(),
    log: silentServer,
    version: "bench",
  });
  const { url } = await server.listen();
  const worker = options.idle ? undefined : await openWorker(server, url, options);
  const working = worker?.run();
  return {
    server,
    store,
    url,
    async close() {
      worker?.drain();
      await working;
      await server.close();
      await bus.close();
      await store.close();
    },
  };
}

async function clusterStore(url: string): Promise<Store> {
  return openPostgresStore({ target: { url }, keys: fixedKeys({ id: "bench", bytes: new Uint8Array(32).fill(1) }) });
}

function openWorker(server: Server, url: string, { folder, capacity, cluster }: StackOptions): Promise<WorkerProcess> {
  const common = {
    tools: createRegistry(),
    env: {},
    workingDirectory: folder,
    dataDirectory: folder,
    version: "bench",
    pid,
  };
  if (!cluster) return openEmbeddedWorker(server, { ...common, capacity });
  const config = workerConfig(
    {
      NOETL_SERVER_URL: url,
      NATS_URL: cluster.nats,
      NOETL_WORKER_MAX_INFLIGHT_COMMANDS: String(capacity),
      WORKER_METRICS_BIND: "off",
    },
    () => "",
  );
  const ports = { clock: systemClock, random: systemRandom, log: silent };
  return openWorkerProcess({ ...common, ...ports, config, ...connect(config, ports) });
}
