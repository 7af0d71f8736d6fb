import { monitorEventLoopDelay } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import { Gauge } from "prom-client";
import type { Metrics } from "./metrics.ts";

/** Counts requests by route, never by address: an address holds ids. */
export function observeHttp(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    metrics.requests.inc({ method: request.method, route, status: String(reply.statusCode) });
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
