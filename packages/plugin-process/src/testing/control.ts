import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openInProcessBus } from "@noetl/bus";
import { type JsonObject, snowflakes, systemClock, systemRandom } from "@noetl/core";
import { openServer, silent as quiet, type Server, serverConfig } from "@noetl/server";
import { openMemoryStore, type Store } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import { connect, openWorkerProcess, silent, type WorkerProcess, workerConfig } from "@noetl/worker";
import { openEmbeddedWorker } from "../embedded/worker.ts";

/** How a worker reaches its server. */
export type Way = "embedded" | "http";

export interface TestControl {
  server: Server;
  url: string;
  store: Store;
  worker: WorkerProcess;
  register(path: string, content: string): Promise<void>;
  start(path: string, payload?: JsonObject): Promise<string>;
  /** Resolves with the status at the end, or rejects when it does not come. */
  ended(executionId: string): Promise<string>;
}

/** A server over a store in memory and one worker; both have ended when the test has. */
export async function control(test: TestContext, way: Way, env: { [name: string]: string } = {}): Promise<TestControl> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-control-"));
  const ids = snowflakes();
  const store = await openMemoryStore({ ids });
  const bus = openInProcessBus();
  const tools = createRegistry();
  const config = serverConfig({}, { port: 0 });
  const server = openServer({ store, bus, config, clock: systemClock, ids, tools, log: quiet, version: "0.0.0" });
  const { url } = await server.listen();
  const common = { tools, workingDirectory: folder, dataDirectory: folder, version: "0.0.0", pid: process.pid };
  const worker = await openWorker(way, url, server, env, common);
  const running = worker.run();
  test.after(async () => {
    worker.drain(0);
    await running;
    await server.close();
    await bus.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    server,
    url,
    store,
    worker,
    register: async (path, content) => void (await store.catalog.register({ path, kind: "playbook", content })),
    start: async (path, payload = {}) => (await server.runs.start({ path, payload })).execution_id,
    async ended(executionId) {
      for (const end = Date.now() + 10_000; Date.now() < end; ) {
        const { status = "" } = (await store.executions.get(executionId)) ?? {};
        if (["COMPLETED", "FAILED", "CANCELLED"].includes(status)) return status;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`execution ${executionId} does not end`);
    },
  };
}

type Common = Pick<
  Parameters<typeof openWorkerProcess>[0],
  "tools" | "workingDirectory" | "dataDirectory" | "version" | "pid"
>;

function openWorker(way: Way, url: string, server: Server, env: { [name: string]: string }, common: Common) {
  if (way === "embedded") return openEmbeddedWorker(server, { env, ...common });
  const config = workerConfig({ NOETL_SERVER_URL: url, WORKER_METRICS_BIND: "off", ...env }, () => "");
  const ports = { clock: systemClock, random: systemRandom, log: silent };
  return openWorkerProcess({ config, env, ...ports, ...connect(config, ports), ...common });
}
