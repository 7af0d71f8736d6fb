import { ensureError } from "@noetl/core";
import type { ServerContext } from "../context.ts";
import { openApi } from "../http/openapi.ts";
import { type Route, route, send } from "../http/route.ts";
import { sample } from "../metrics/observe.ts";

/** server-api §2.3; `all` are the routes of this server, for the OpenAPI document. */
export function healthRoutes(context: ServerContext, all: () => readonly Route[]): Route[] {
  const { config, store, bus, clock, log } = context;

  async function state(check: () => Promise<unknown>): Promise<"connected" | "disconnected"> {
    try {
      await check();
      return "connected";
    } catch (error) {
      log.warn("health check failed", { error: ensureError(error) });
      return "disconnected";
    }
  }

  return [
    route("GET", "/health", {
      tag: "health",
      summary: "The process lives",
      guard: "open",
      handle: () => ({ status: "ok" }),
    }),
    route("GET", "/", {
      tag: "health",
      summary: "What this is",
      guard: "open",
      handle: () => ({ message: "NoETL API is running", name: config.name, version: context.version }),
    }),
    route("GET", "/api/health", {
      tag: "health",
      summary: "Store and broker answer",
      guard: "open",
      async handle({ reply }) {
        const database = await state(() => store.executions.list({ limit: 1 }));
        const nats = config.bus === "broker" ? await state(() => bus.depth()) : "not_configured";
        const healthy = database === "connected";
        if (!healthy) reply.code(503);
        return {
          status: healthy ? "ok" : "unhealthy",
          database,
          nats,
          uptime_seconds: Math.floor((clock.now() - context.startedAt) / 1_000),
          version: context.version,
          name: config.name,
          roles: config.roles,
        };
      },
    }),
    route("GET", "/api/openapi.json", {
      tag: "health",
      summary: "This document",
      guard: "open",
      handle: ({ reply }) => void send(reply, openApi(all(), { version: context.version })),
    }),
    route("GET", "/metrics", {
      tag: "health",
      summary: "Prometheus text",
      guard: "open",
      async handle({ reply }) {
        if (!config.metrics) return { message: "metrics are switched off" };
        await sample(context);
        const { registry } = context.metrics;
        await reply.type(registry.contentType).send(await registry.metrics());
        return undefined;
      },
    }),
  ];
}
