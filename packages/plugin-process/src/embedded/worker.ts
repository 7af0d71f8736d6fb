import { type Clock, type Random, systemClock, systemRandom } from "@noetl/core";
import type { Server } from "@noetl/server";
import type { Registry } from "@noetl/tools";
import {
  type Log,
  openWorkerProcess,
  pollSource,
  silent,
  type WorkerConfig,
  type WorkerProcess,
  workerConfig,
} from "@noetl/worker";
import { embeddedControlPlane } from "./control-plane.ts";

export interface EmbeddedWorkerOptions {
  tools: Registry;
  env: { readonly [name: string]: string | undefined };
  workingDirectory: string;
  dataDirectory: string;
  version: string;
  pid: number;
  /** commands at one time, default 8 */
  capacity?: number;
  clock?: Clock;
  random?: Random;
  log?: Log;
}

/** All pools: nobody else may be there to serve them. */
const POOLS = ["shared", "legacy", "python", "system", "subscription"];

/** A worker in the process of its server, over no wire; `run` it after the server listens, `drain` it before the server closes. */
export function openEmbeddedWorker(server: Server, options: EmbeddedWorkerOptions): Promise<WorkerProcess> {
  const plane = embeddedControlPlane(server.context);
  const config = configOf(options);
  return openWorkerProcess({
    clock: systemClock,
    random: systemRandom,
    log: silent,
    ...options,
    config,
    server: plane,
    source: pollSource(plane, { worker: config.id, pools: config.pools }),
  });
}

/** Nothing of it comes from the network settings of a worker of its own; its health and metrics are those of the server. */
function configOf({ env, capacity }: EmbeddedWorkerOptions): WorkerConfig {
  const { NOETL_WORKER_MAX_INFLIGHT_COMMANDS, NOETL_WORKER_MAX_INFLIGHT_DB_COMMANDS, NOETL_WORKER_DRAIN_SECONDS } = env;
  const config = workerConfig(
    {
      NOETL_WORKER_MAX_INFLIGHT_COMMANDS,
      NOETL_WORKER_MAX_INFLIGHT_DB_COMMANDS,
      NOETL_WORKER_DRAIN_SECONDS,
      WORKER_POOL_NAME: "embedded",
      NOETL_WORKER_POOL_SEGMENTS: POOLS.join(","),
      WORKER_METRICS_BIND: "off",
      ...(capacity === undefined ? {} : { NOETL_WORKER_MAX_INFLIGHT_COMMANDS: String(capacity) }),
    },
    () => "",
  );
  return config;
}
