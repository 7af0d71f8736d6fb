import { readFileSync } from "node:fs";
import { type Clock, type Random, systemClock, systemRandom } from "@noetl/core";
import { registryWithPlugins } from "@noetl/sdk/tool-registry";
import { dataFolder } from "@noetl/store";
import {
  connect,
  type Log,
  openSubscriptionProcess,
  openWorkerProcess,
  type WorkerConfig,
  workerConfig,
} from "@noetl/worker";

import { exists } from "../processes/identity.ts";

type Environment = { readonly [name: string]: string | undefined };

export interface WorkOptions {
  /** settings of worker-and-tools §2.1, flags worked in */
  env: Environment;
  version: string;
  pid: number;
  workingDirectory: string;
  log: Log;
  /** it listens for health checks and begins to work */
  ready(started: { url: string | undefined; config: WorkerConfig }): Promise<void>;
  /** drains it */
  signal: AbortSignal;
  clock?: Clock;
  random?: Random;
}

/** A worker in this process, from its settings to the end of its drain. Meanings: `validation`, `unavailable`, `auth`. */
export async function work(options: WorkOptions): Promise<void> {
  const { env, log, signal, clock = systemClock, random = systemRandom } = options;
  const config = workerConfig(env, (path) => readFileSync(path, "utf8"));
  const plane = connect(config, { clock, random, log });
  const common = { config, ...plane, env, clock, random, log, version: options.version, pid: options.pid };
  const process =
    config.subscription === undefined
      ? await openWorkerProcess({
          ...common,
          tools: registryWithPlugins(env),
          workingDirectory: options.workingDirectory,
          dataDirectory: dataFolder(env),
          isAlive: exists,
        })
      : await openSubscriptionProcess(common);
  const drain = () => {
    log.info("the worker drains", { running: process.worker.running, patience_ms: config.drainMs });
    process.drain();
  };
  signal.addEventListener("abort", drain, { once: true });
  const running = process.run();
  if (signal.aborted) drain();
  log.info("the worker starts", {
    id: config.id,
    name: config.name,
    server: config.serverUrl,
    ...(config.subscription === undefined ? {} : { subscription: config.subscription }),
    source: config.nats ? "NATS" : "polling",
    pools: config.pools.join(","),
    capacity: config.capacity,
    health: process.url,
  });
  // A failure to announce it is a failure to start.
  await Promise.all([running, options.ready({ url: process.url, config })]);
  log.info("the worker stopped");
}
