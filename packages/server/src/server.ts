import type { AddressInfo } from "node:net";
import type { Bus } from "@noetl/bus";
import { type Clock, ensureError, type Ids, NoetlError } from "@noetl/core";
import type { Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import type { FastifyInstance } from "fastify";
import { checkListener, type ServerConfig } from "./config/config.ts";
import type { ServerContext } from "./context.ts";
import { openClaims } from "./delivery/claims.ts";
import { openDesk } from "./delivery/desk.ts";
import { outboxOf } from "./delivery/outbox.ts";
import { poolOf } from "./delivery/pools.ts";
import { openPublisher } from "./delivery/publisher.ts";
import { openExecutions } from "./executions/executions.ts";
import { openApp } from "./http/app.ts";
import { mount } from "./http/route.ts";
import { openIngest } from "./ingest/ingest.ts";
import type { Log } from "./log.ts";
import { openMetrics } from "./metrics/metrics.ts";
import { observeHttp, observeTurn } from "./metrics/observe.ts";
import { allRoutes } from "./routes/index.ts";
import { openRuns, type Runs } from "./runs/index.ts";
import { openConsole } from "./sql/console.ts";
import { openRoles, type Roles } from "./system/roles.ts";
import { openExporter } from "./tracing/otlp.ts";
import { traceRequests } from "./tracing/requests.ts";
import { hintOf, hintOfRow } from "./wire/hint.ts";

export interface ServerOptions {
  store: Store;
  bus: Bus;
  config: ServerConfig;
  clock: Clock;
  ids: Ids;
  tools: Registry;
  log: Log;
  version: string;
  /** of the process; only names of `config.templateEnv` are read */
  env?: { readonly [name: string]: string | undefined };
}

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
  const { store, bus, config, clock, ids, tools, log, version } = options;
  checkListener(config);
  const startedAt = clock.now();
  const metrics = openMetrics({ version, name: config.name, startedAt });
  const closing = new AbortController();

  const desk = openDesk({
    ready: async (pools, limit) => {
      const rows = await store.commands.ready({ pools, limit, reserve_ms: config.poll.reserveMs });
      return rows.map((row) => hintOfRow(row, config.publicUrl));
    },
    clock,
    reserveMs: config.poll.reserveMs,
    recheckMs: config.poll.recheckMs,
    trouble: (error) => log.warn("cannot look for waiting commands", { error: ensureError(error) }),
  });
  const publisher = openPublisher({ store, bus, clock, config, metrics, log });

  const troubled = new Set<string>();
  const runs = openRuns({
    store,
    clock,
    ids,
    tools,
    env: () => namesFrom(options.env ?? {}, config.templateEnv),
    ...(config.publicUrl === undefined ? {} : { serverUrl: config.publicUrl }),
    commandBodies: config.shared ? "stored" : "derived",
    pool: poolOf,
    outbox: (live, events, commands) => outboxOf(config, live, events, commands),
    wrote(turned) {
      observeTurn(metrics, turned);
      publisher.wrote(turned);
    },
    issued(live, commands) {
      const hints = commands.map((command) => hintOf(live, command, config.publicUrl));
      publisher.tell(hints);
      desk.offer(hints);
    },
    trouble(error, executionId) {
      troubled.add(executionId);
      log.warn("will be tried again by the sweep", { error, execution_id: executionId });
    },
  });

  const claims = openClaims({
    store,
    runs,
    ids,
    policy: config.claim,
    shared: config.shared,
    moved(row, to) {
      if (to === "held") return desk.forget(row.event_id);
      const hint = hintOfRow(row, config.publicUrl);
      publisher.tell([hint]);
      desk.offer([hint]);
    },
    observe(outcome, row) {
      metrics.claims.inc({ outcome });
      if (outcome === "claimed" && row) metrics.issueToClaim.observe((clock.now() - row.created_at) / 1_000);
    },
  });
  const executions = openExecutions({ store, runs, clock });
  const ingest = openIngest({
    store,
    runs,
    ids,
    clock,
    leaseMs: config.claim.leaseMs,
    callbackMs: 86_400_000,
    ended: (eventId) => desk.forget(eventId),
    observe: (event) => metrics.eventsIngested.inc({ event_type: event.type, status: "ok" }),
  });

  const context: ServerContext = {
    config,
    store,
    bus,
    clock,
    ids,
    tools,
    log,
    runs,
    executions,
    claims,
    desk,
    ingest,
    metrics,
    console: openConsole({ store, tools, clock }),
    closing: closing.signal,
    startedAt,
    version,
  };
  const app = openApp({
    tokens: {
      ...(config.apiToken === undefined ? {} : { api: config.apiToken }),
      ...(config.internalToken === undefined ? {} : { internal: config.internalToken }),
    },
    bodyLimit: config.bodyLimit,
    ...(config.tls ? { tls: config.tls } : {}),
    log,
  });
  const exporter = config.otlp && openExporter({ ...config.otlp, version, log });
  if (exporter) traceRequests(app, exporter, clock);
  observeHttp(app, metrics);
  mount(app, allRoutes(context));
  const roles = openRoles({ context, publisher, troubled });

  return {
    app,
    runs,
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
      const scheme = config.tls ? "https" : "http";
      const host = config.host.includes(":") ? `[${config.host}]` : config.host;
      return { url: `${scheme}://${host}:${port}`, port };
    },
    async close() {
      closing.abort();
      desk.close();
      await app.close();
      await roles.stop();
      await runs.close();
      await publisher.close();
      await context.console.close();
      await exporter?.close();
    },
  };
}

function listenError(error: Error, { host, port }: ServerConfig): Error {
  if (!("code" in error) || error.code !== "EADDRINUSE") return error;
  return new NoetlError("conflict", "PORT_IN_USE", `port ${port} of ${host} is taken`, {
    cause: error,
    hint: "another server may be running; choose another port with --port",
  });
}

function namesFrom(env: { readonly [name: string]: string | undefined }, names: readonly string[]) {
  const found: { [name: string]: string } = {};
  for (const name of names) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
