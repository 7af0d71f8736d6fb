import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ensureError, NoetlError } from "@noetl/core";
import type { FastifyInstance } from "fastify";
import { checkListener, type ServerConfig } from "./config/config.ts";
import type { ServerContext } from "./context.ts";
import { type CoreOptions, openCore } from "./core.ts";
import { openHotStatus } from "./executions/hot-status.ts";
import { openApp } from "./http/app.ts";
import { mayRead, type Tokens } from "./http/auth.ts";
import { mount } from "./http/route.ts";
import { observeHttp } from "./metrics/observe.ts";
import { allRoutes } from "./routes/index.ts";
import type { Runs } from "./runs/index.ts";
import type { Roles } from "./system/roles.ts";
import { openExporter } from "./tracing/otlp.ts";
import { traceRequests } from "./tracing/requests.ts";
import { traceRuns } from "./tracing/runs.ts";

export type ServerOptions = CoreOptions;

export interface Server {
  readonly app: FastifyInstance;
  readonly runs: Runs;
  readonly context: ServerContext;
  readonly roles: Roles;
  /** Starts the roles and listens; resolves with the address. Meaning `conflict`: the port is taken. */
  listen(): Promise<{ url: string; port: number }>;
  /** Takes nothing more, lets requests and turns end, gives leases back. Store and bus stay open: they were given. */
  close(): Promise<void>;
}

/** A control plane over a store and a bus. Nothing runs before `listen`. Meaning `validation`: see `checkListener`. */
export function openServer(options: ServerOptions): Server {
  const { config, clock, log, version } = options;
  checkListener(config);
  const exporter = config.otlp && openExporter({ ...config.otlp, version, log });
  const core = openCore(exporter ? { ...options, traced: traceRuns(exporter) } : options);
  const { context, roles } = core;
  const tokens = {
    ...(config.apiToken === undefined ? {} : { api: config.apiToken }),
    ...(config.internalToken === undefined ? {} : { internal: config.internalToken }),
  };
  const app = openApp({
    tokens,
    bodyLimit: config.bodyLimit,
    ...(config.tls ? { tls: config.tls } : {}),
    log,
  });
  if (exporter) traceRequests(app, exporter, clock);
  observeHttp(app, context.metrics);
  if (!config.shared && !exporter) readAhead(app, context, tokens);
  mount(app, allRoutes(context));

  return {
    app,
    runs: context.runs,
    context,
    roles,
    async listen() {
      await roles.start();
      try {
        await app.listen({ host: config.host, port: config.port });
      } catch (error) {
        await roles.stop();
        throw listenError(ensureError(error), config);
      }
      const { port } = app.server.address() as AddressInfo;
      // Workers of a broker are told where to claim; until now nobody knew.
      if (config.bus === "broker") config.publicUrl ??= `http://localhost:${port}`;
      const scheme = config.tls ? "https" : "http";
      const host = config.host.includes(":") ? `[${config.host}]` : config.host;
      return { url: `${scheme}://${host}:${port}`, port };
    },
    async close() {
      core.stopTaking();
      await app.close();
      await core.close();
      await exporter?.close();
    },
  };
}

/** What is asked for most is answered before the routes are asked. */
function readAhead(app: FastifyInstance, context: ServerContext, tokens: Tokens): void {
  const { runs, clock, metrics, closing } = context;
  const seen = { method: "GET", route: "/api/executions/:id/status", status: "200" };
  const hot = openHotStatus({
    runs,
    clock,
    allowed: (request) => !closing.aborted && mayRead(request.headers, tokens),
    observe(took) {
      metrics.requests.inc(seen);
      metrics.requestSeconds.observe({ route: seen.route }, took / 1_000);
    },
  });
  context.hotStatus = hot;
  const others = app.server.listeners("request") as RequestListener[];
  app.server.removeAllListeners("request");
  app.server.on("request", (request, response) => {
    if (hot.answer(request, response)) return;
    for (const listener of others) listener.call(app.server, request, response);
  });
}

function listenError(error: Error, { host, port }: ServerConfig): Error {
  if (!("code" in error) || error.code !== "EADDRINUSE") return error;
  return new NoetlError("conflict", "PORT_IN_USE", `port ${port} of ${host} is taken`, {
    cause: error,
    hint: "another server may be running; choose another port with --port",
  });
}
