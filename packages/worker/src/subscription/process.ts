import { type Client, openClient } from "@noetl/client";
import { type Clock, ensureError } from "@noetl/core";
import type { WorkerConfig } from "../config/config.ts";
import type { Log } from "../log.ts";
import { openHealth } from "../monitor/health.ts";
import { listenAs } from "../monitor/listener.ts";
import { openMetrics } from "../monitor/metrics.ts";
import type { ControlPlane, WorkerIdentity } from "../plane/control-plane.ts";
import type { WorkerProcess } from "../process.ts";
import type { WorkerState } from "../worker.ts";
import { readSubscription } from "./document.ts";
import { subscriptionMetrics } from "./metrics.ts";
import { openRuntime } from "./runtime.ts";
import { openSource } from "./source.ts";

export interface SubscriptionProcessOptions {
  config: WorkerConfig;
  /** registers this process among the workers */
  server: ControlPlane;
  env: { readonly [name: string]: string | undefined };
  clock: Clock;
  log: Log;
  version: string;
  pid: number;
}

const STATE_MS = 5_000;

/**
 * A worker that starts a playbook for every message of a source (`WORKER_MODE=subscription`, worker-and-tools §11.16). Meanings:
 * `not_found` the catalog has no such subscription; `validation` this worker cannot do what it says.
 */
export async function openSubscriptionProcess(
  options: SubscriptionProcessOptions,
): Promise<Omit<WorkerProcess, "worker"> & { worker: { readonly running: number } }> {
  const { config, server, clock, log } = options;
  const client = clientOf(config);
  const path = config.subscription ?? "";
  const entry = await client.catalog.get({ path });
  const document = readSubscription(path, entry.raw.payload ?? null, options.env, config.nats?.url);
  const { subscription_id, state } = await client.subscriptions.register(path);
  if (state === "REGISTERED") await client.subscriptions.act(subscription_id, "activate");
  const feed = await openSource(document, options, subscription_id);

  let life: WorkerState = "starting";
  const metrics = openMetrics({
    version: options.version,
    workerId: config.id,
    gauges: {
      running: () => runtime.inFlight,
      limit: () => document.maxInFlight,
      ready: () => health.ready().ok,
      draining: () => life === "draining",
      spooled: () => 0,
    },
  });
  const observer = subscriptionMetrics(metrics.registry);
  const runtime = openRuntime({
    client,
    feed,
    document,
    subscriptionId: subscription_id,
    clock,
    log,
    observer,
    stateMs: STATE_MS,
  });
  const health = openHealth({
    clock,
    state: () => life,
    running: () => runtime.inFlight,
    capacity: document.maxInFlight,
    lastProgress: () => runtime.lastProgress,
  });
  const listener = await listenAs(config.metrics, {
    live: health.live,
    ready: health.ready,
    metrics: async () => ({ type: metrics.registry.contentType, text: await metrics.registry.metrics() }),
  });
  const identity: WorkerIdentity = {
    id: config.id,
    pool: config.name,
    capacity: document.maxInFlight,
    hostname: config.hostname,
    pid: options.pid,
    labels: { mode: "subscription", subscription: path },
  };

  async function beat(): Promise<void> {
    try {
      if (!(await server.heartbeat(identity)).known) await server.register(identity);
    } catch (error) {
      log.warn("heartbeat failed", { error: ensureError(error) });
    }
  }

  return {
    worker: {
      get running() {
        return runtime.inFlight;
      },
    },
    url: listener?.url,
    async run() {
      const timer = setInterval(() => void beat(), config.heartbeatMs);
      try {
        await server.register(identity);
        if (life === "starting") life = "working";
        await runtime.run();
        await server.deregister(identity);
      } finally {
        life = "stopped";
        clearInterval(timer);
        health.close();
        await feed.close();
        await listener?.close();
      }
    },
    drain() {
      life = "draining";
      runtime.drain();
    },
  };
}

function clientOf({ serverUrl, token, tls, timeouts }: WorkerConfig): Client {
  const place = { url: serverUrl, gateway: false };
  const access = { ...(token === undefined ? {} : { token }), ...(tls === undefined ? {} : { tls }) };
  return openClient({ ...place, ...access }, { lean: true, timeoutMs: timeouts.http });
}
