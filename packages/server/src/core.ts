import type { Bus } from "@noetl/bus";
import { type Clock, ensureError, type Ids } from "@noetl/core";
import type { Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import type { ServerConfig } from "./config/config.ts";
import type { ServerContext } from "./context.ts";
import { openClaims } from "./delivery/claims.ts";
import { openDesk } from "./delivery/desk.ts";
import { outboxOf } from "./delivery/outbox.ts";
import { poolOf } from "./delivery/pools.ts";
import { openPublisher } from "./delivery/publisher.ts";
import { openExecutions } from "./executions/executions.ts";
import { openIngest } from "./ingest/ingest.ts";
import type { Log } from "./log.ts";
import { openMetrics } from "./metrics/metrics.ts";
import { observeTurn } from "./metrics/observe.ts";
import { type Given, openRuns, type Turned } from "./runs/index.ts";
import { openConsole } from "./sql/console.ts";
import { openRoles, type Roles } from "./system/roles.ts";
import { givenHint, hintOf, hintOfRow } from "./wire/hint.ts";

export interface CoreOptions {
  store: Store;
  bus: Bus;
  config: ServerConfig;
  clock: Clock;
  ids: Ids;
  tools: Registry;
  log: Log;
  version: string;
  /** told of every turn that was stored */
  traced?(turned: Turned): void;
  /** of the process; only names of `config.templateEnv` are read */
  env?: { readonly [name: string]: string | undefined };
}

/** A server without its front: what the routes call. */
export interface Core {
  readonly context: ServerContext;
  readonly roles: Roles;
  /** Nothing is taken any more; who waits for commands is sent away. */
  stopTaking(): void;
  /** Lets turns and messages end, gives leases back. Store and bus stay open: they were given. */
  close(): Promise<void>;
}

/** How long a claim holds that nobody asked for; a worker at work extends it after a second. */
const SEAT_MS = 30_000;

/** Runs, claims, delivery and roles over a store and a bus. Nothing runs by itself before `roles.start`. */
export function openCore(options: CoreOptions): Core {
  const { store, bus, config, clock, ids, tools, log, version } = options;
  const startedAt = clock.now();
  const metrics = openMetrics({ version, name: config.name, startedAt });
  const closing = new AbortController();

  const returning = new Set<Promise<void>>();
  async function giveBack({ row, fence }: Given): Promise<void> {
    try {
      const worker_id = row.claim?.worker_id ?? "";
      await claims.release({ event_id: row.event_id, worker_id, fence });
    } catch (error) {
      // Its lease lapses by itself.
      log.warn("cannot give a command back that nobody was told of", { error: ensureError(error) });
    }
  }

  const desk = openDesk({
    ready: async (pools, limit) => {
      const rows = await store.commands.ready({ pools, limit, reserve_ms: config.poll.reserveMs });
      return rows.map((row) => hintOfRow(row, config.publicUrl));
    },
    clock,
    reserveMs: config.poll.reserveMs,
    recheckMs: config.poll.recheckMs,
    hintOf: (given) => givenHint(given, config.publicUrl),
    unseen(given) {
      const done = giveBack(given).then(() => void returning.delete(done));
      returning.add(done);
    },
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
    seats: desk.seat,
    seatMs: Math.min(config.claim.leaseMs, SEAT_MS),
    built(events) {
      metrics.stateBuilds.inc();
      metrics.stateBuildEvents.inc(events);
    },
    wrote(turned) {
      observeTurn(metrics, turned);
      options.traced?.(turned);
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
      if (outcome === "claimed" && row) {
        const waited = (clock.now() - row.created_at) / 1_000;
        metrics.issueToClaim.observe(waited);
        metrics.firstClaim.observe(waited);
      }
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
    vacated: desk.vacated,
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
  const roles = openRoles({ context, publisher, troubled });
  return {
    context,
    roles,
    stopTaking() {
      closing.abort();
      desk.close();
    },
    async close() {
      await roles.stop();
      await runs.close();
      await Promise.all(returning);
      await publisher.close();
      await context.console.close();
    },
  };
}

function namesFrom(env: { readonly [name: string]: string | undefined }, names: readonly string[]) {
  const found: { [name: string]: string } = {};
  for (const name of names) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
