import { join } from "node:path";
import { type Clock, ensureError, openGate, type Random } from "@noetl/core";
import { createResources, type Registry, waitingForPostgres } from "@noetl/tools";
import type { WorkerConfig } from "./config/config.ts";
import { commandHost } from "./host/command-host.ts";
import { logProgress } from "./host/progress.ts";
import type { Log } from "./log.ts";
import { openHealth } from "./monitor/health.ts";
import { type Listener, listenAs } from "./monitor/listener.ts";
import { openMetrics } from "./monitor/metrics.ts";
import { openOutbox } from "./outbox.ts";
import type { ControlPlane, WorkerIdentity } from "./plane/control-plane.ts";
import { namePlate } from "./predecessor.ts";
import { calmGate } from "./pressure/calm.ts";
import { openPressure } from "./pressure/pressure.ts";
import type { Source } from "./source/source.ts";
import { openWorker, type Worker } from "./worker.ts";

export interface WorkerProcessOptions {
  config: WorkerConfig;
  server: ControlPlane;
  source: Source;
  tools: Registry;
  env: { readonly [name: string]: string | undefined };
  workingDirectory: string;
  dataDirectory: string;
  clock: Clock;
  random: Random;
  log: Log;
  version: string;
  pid: number;
  /** is there such a process on this machine? Without it a killed predecessor is not looked for */
  isAlive?(pid: number): boolean;
}

export interface WorkerProcess {
  readonly worker: Worker;
  /** of health and metrics; undefined when nothing listens */
  readonly url: string | undefined;
  /** Works until `drain`. Rejects when the server could not be reached at the start. */
  run(): Promise<void>;
  /** Takes nothing more; what runs after `patienceMs` goes back to the queue. */
  drain(patienceMs?: number): void;
}

/** A worker with all it needs: health and metrics listen first, so that liveness answers while it starts (worker-and-tools §2.3). */
export async function openWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { config, server, source, clock, random, log } = options;
  // The gauges are read when all of this exists.
  const metrics = openMetrics({
    version: options.version,
    workerId: config.id,
    gauges: {
      running: () => worker.running,
      limit: () => pressure.limit,
      ready: () => health.ready().ok,
      draining: () => worker.state === "draining",
      spooled: () => outbox.spooled,
    },
  });
  const { observer } = metrics;
  const folder = join(options.dataDirectory, "workers", config.name.replace(/[^\w.-]/g, "_"));
  const resources = createResources();
  const outbox = await openOutbox({
    server,
    folder: join(folder, "spool"),
    clock,
    random,
    patienceMs: config.reportPatienceMs,
    log,
    retried: observer.retried,
  });
  const identity: WorkerIdentity = {
    id: config.id,
    pool: config.name,
    capacity: config.capacity,
    hostname: config.hostname,
    pid: options.pid,
    labels: { segments: [...config.pools], ...(config.nats ? { nats_consumer: config.nats.consumer } : {}) },
  };
  const host = commandHost({
    registry: options.tools,
    resources,
    clock,
    random,
    env: options.env,
    worker: config.id,
    serverUrl: config.serverUrl,
    workingDirectory: options.workingDirectory,
    dataDirectory: options.dataDirectory,
    observer,
    log,
    onProgress: logProgress(log),
  });
  const self = { id: config.id, pid: options.pid };
  const plate = options.isAlive && namePlate(join(folder, "worker"), options.isAlive);
  const pressure = openPressure({
    capacity: config.capacity,
    everyMs: config.probeMs,
    ask: async () => server.pressure?.(),
    running: () => worker.running,
    log,
  });
  const worker = openWorker({
    identity,
    pools: config.pools,
    async registered() {
      const before = await plate?.find();
      await plate?.put(self);
      if (before && before.id !== self.id) await dismiss(server, { ...identity, ...before }, log);
    },
    heartbeatMs: config.heartbeatMs,
    registerPatienceMs: config.registerPatienceMs,
    limit: () => pressure.limit,
    ports: {
      server,
      source,
      outbox,
      host,
      databases: calmGate(openGate(config.dbCapacity), {
        waiting: () => waitingForPostgres(resources),
        most: config.calm.waiting,
        pauseMs: config.calm.pauseMs,
        clock,
      }),
      clock,
      random,
      worker: config.id,
      heartbeatMs: config.commandHeartbeatMs,
      commandTimeoutMs: config.commandTimeoutMs,
      observer,
      log,
    },
  });
  const health = openHealth({
    clock,
    state: () => worker.state,
    running: () => worker.running,
    capacity: config.capacity,
    lastProgress: () => worker.lastProgress,
  });
  let listener: Listener | undefined;
  try {
    listener = await listenAs(config.metrics, {
      live: health.live,
      ready: health.ready,
      metrics: async () => ({ type: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    });
  } catch (error) {
    pressure.close();
    health.close();
    throw error;
  }

  return {
    worker,
    url: listener?.url,
    async run() {
      try {
        await worker.run();
        await plate?.remove(self);
      } finally {
        pressure.close();
        health.close();
        await resources.close();
        await listener?.close();
      }
    },
    drain: (patienceMs = config.drainMs) => worker.drain(patienceMs),
  };
}

/** Its commands need not wait until the server notices. */
async function dismiss(server: ControlPlane, before: WorkerIdentity, log: Log): Promise<void> {
  log.info("a worker of this name was killed; the server is told", { id: before.id, pid: before.pid });
  try {
    await server.deregister(before);
  } catch (error) {
    log.warn("the server was not told of it", { error: ensureError(error) });
  }
}
