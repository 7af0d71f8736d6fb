import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Runtime } from "@noetl/store";
import type { FastifyInstance } from "fastify";
import { Gauge } from "prom-client";
import type { ServerContext } from "../context.ts";
import type { Turned } from "../runs/index.ts";
import { summaryOf } from "../runs/turn.ts";
import type { Metrics } from "./metrics.ts";

/** Counts requests by route, never by address: an address holds ids. */
export function observeHttp(app: FastifyInstance, metrics: Metrics): void {
  const isBatch = (url: string | undefined) => url === "/api/events/batch";
  // A request that was refused before it came here was never counted.
  const inWork = new WeakSet<object>();
  app.addHook("onRequest", async (request) => {
    if (!isBatch(request.routeOptions.url)) return;
    inWork.add(request);
    metrics.batchesInWork.inc();
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    metrics.requests.inc({ method: request.method, route, status: String(reply.statusCode) });
    if (isBatch(route)) {
      if (inWork.delete(request)) metrics.batchesInWork.dec();
      if (reply.statusCode >= 400) metrics.batchesRefused.inc();
      if (reply.statusCode === 503) metrics.batchesTooMany.inc();
      if (reply.statusCode === 504) metrics.batchesTooLate.inc();
    }
    metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1_000);
  });
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  app.addHook("onClose", async () => void delay.disable());
  new Gauge({
    name: "noetl_event_loop_lag_seconds",
    help: "Mean lag of the event loop since the last scrape",
    registers: [metrics.registry],
    collect() {
      this.set(Number.isNaN(delay.mean) ? 0 : delay.mean / 1e9);
      delay.reset();
    },
  });
}

export function observeTurn(metrics: Metrics, turned: Turned): void {
  if (turned.repeated) metrics.repeatedTurns.inc();
  metrics.drives.inc({ stage: stageOf(turned) });
  if (turned.took) {
    metrics.enginePass.observe(turned.took.engine);
    metrics.ingestPhases.observe({ phase: "engine" }, turned.took.engine);
    metrics.ingestPhases.observe({ phase: "store" }, turned.took.store);
  }
  if (turned.events.length > 0) metrics.foldedEvents.observe(turned.events.length);
  for (const event of turned.events) metrics.engineEvents.inc({ event_type: event.type });
  for (const { claim } of turned.commands) {
    if (!claim) continue;
    metrics.claims.inc({ outcome: "claimed" });
    metrics.issueToClaim.observe(0);
    metrics.firstClaim.observe(0);
  }
  const summary = summaryOf(turned.events);
  if (summary?.ended_at) metrics.ended.inc({ status: summary.status ?? "" });
}

function stageOf({ repeated, commands, events }: Turned): string {
  if (repeated) return "repeated";
  if (commands.length > 0) return "issued";
  return events.length > 0 ? "folded" : "idle";
}

/** What is looked up only when somebody asks. */
export async function sample(context: ServerContext): Promise<void> {
  const { metrics, store, runs, desk, config } = context;
  metrics.loaded.set(runs.loaded);
  metrics.pollers.set(desk.waiting);
  metrics.commandsWaiting.reset();
  metrics.commandsHeld.reset();
  // An autoscaler takes a series that is missing for a fault, and then keeps the pods it has.
  for (const pool of served(await store.runtimes.list({ kind: "worker_pool", status: "ready" }))) {
    metrics.commandsWaiting.set({ pool }, 0);
    metrics.commandsHeld.set({ pool }, 0);
  }
  for (const { pool, pending, running } of await store.commands.depth()) {
    metrics.commandsWaiting.set({ pool }, pending);
    metrics.commandsHeld.set({ pool }, running);
  }
  metrics.frameBacklogDetail.reset();
  let frames = 0;
  for (const open of await store.stages.backlog()) {
    metrics.frameBacklogDetail.set({ status: open.status }, open.frames);
    frames += open.frames;
  }
  metrics.frameBacklog.set(frames);
  const pool = store.pool();
  if (pool) {
    metrics.poolSize.set(pool.size);
    metrics.poolIdle.set(pool.idle);
    metrics.poolWaiting.set(pool.waiting);
  }
  if (config.bus !== "broker") return;
  const { pending, failed, in_flight, dead } = await store.outbox.depth();
  metrics.publisher.pending.set(pending + failed + in_flight);
  metrics.publisher.dead.set(dead);
}

/** Pools of commands some worker takes. */
function served(workers: readonly Runtime[]): string[] {
  return workers.flatMap(({ labels }) => {
    const segments = labels?.segments;
    return Array.isArray(segments) ? segments.map(String) : [];
  });
}
