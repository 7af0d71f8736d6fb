import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { type Environment, reader, wrong } from "./read.ts";

/** What a worker is told. Times in ms. */
export interface WorkerConfig {
  /** unique */
  id: string;
  /** its name among the workers of a machine, and the label of its pool */
  name: string;
  hostname: string;
  serverUrl: string;
  token: string | undefined;
  tls: { cert?: string; key?: string; ca?: string } | undefined;
  /** catalog path of a subscription to serve instead of commands (`WORKER_MODE=subscription`) */
  subscription: string | undefined;
  /** whose commands it takes (worker-and-tools §3.1) */
  pools: readonly string[];
  /** undefined = long poll at the server */
  nats: NatsConfig | undefined;
  capacity: number;
  /** commands that talk to databases, of those in flight */
  dbCapacity: number;
  /** more calls waiting for a connection than `waiting` hold back the next database command for `pauseMs` */
  calm: { waiting: number; pauseMs: number };
  /** how often the server is asked how much it can bear */
  probeMs: number;
  /** credentials come encrypted for this process alone (server-api §2.10) */
  sealed: boolean;
  heartbeatMs: number;
  /** longest time between two extensions of a lease */
  commandHeartbeatMs: number;
  commandHeartbeatTries: number;
  timeouts: { http: number; events: number; beat: number };
  /** limit of a whole command; undefined = the playbook's own limits only */
  commandTimeoutMs: number | undefined;
  drainMs: number;
  /** how long it tries to register, and how long a report is tried before it is kept on disk */
  registerPatienceMs: number;
  reportPatienceMs: number;
  /** `usual`: nobody asked for this port, another one does when it is taken */
  metrics: { host: string; port: number; usual: boolean } | undefined;
}

export interface NatsConfig {
  url: string;
  user?: string;
  password?: string;
  stream: string;
  consumer: string;
  fetchMs: number;
  ackWaitMs: number;
  maxAckPending: number;
}

const SEGMENTS = ["shared", "legacy", "python"];
const METRICS_PORT = 9090;

/**
 * Settings of worker-and-tools §2.1. Meaning `validation` names the variable that cannot be used. Certificates are
 * named by path: `readFile` gives their text.
 */
export function workerConfig(env: Environment, readFile: (path: string) => string): WorkerConfig {
  const read = reader(env);
  const capacity = read.whole(["NOETL_WORKER_MAX_INFLIGHT_COMMANDS", "WORKER_MAX_CONCURRENT"], 8, { most: 1_000 });
  const nats = natsConfig(env);
  const commandTimeoutMs = read.seconds("NOETL_WORKER_COMMAND_TIMEOUT_SECONDS", 0, { zero: true });
  const id = read.text("WORKER_ID") ?? `worker-${randomBytes(4).toString("hex")}`;
  return {
    id,
    name: read.text("WORKER_POOL_NAME", "NOETL_WORKER_POOL_NAME") ?? "default",
    hostname: hostname(),
    serverUrl: read.url("NOETL_SERVER_URL", "http://localhost:8082"),
    token: read.text("NOETL_API_TOKEN", "NOETL_INTERNAL_API_TOKEN"),
    tls: tlsConfig(env, readFile),
    subscription: subscriptionOf(env),
    pools: pools(env),
    nats,
    capacity,
    dbCapacity: Math.min(capacity, read.whole("NOETL_WORKER_MAX_INFLIGHT_DB_COMMANDS", 4)),
    calm: {
      waiting: read.whole("NOETL_WORKER_POSTGRES_POOL_WAITING_THRESHOLD", 2, { least: 0 }),
      pauseMs: read.seconds("NOETL_WORKER_THROTTLE_POLL_INTERVAL_SECONDS", 200),
    },
    probeMs: Math.max(500, read.seconds("NOETL_WORKER_CONCURRENCY_PROBE_INTERVAL_SECONDS", 2_000)),
    sealed: read.flag("NOETL_SEALED_CREDENTIALS"),
    heartbeatMs: read.seconds("WORKER_HEARTBEAT_INTERVAL", 15_000),
    // Without a broker nobody tells the worker of a cancel: it asks more often.
    commandHeartbeatMs: read.seconds("NOETL_COMMAND_HEARTBEAT_INTERVAL_SECONDS", nats ? 15_000 : 5_000),
    commandHeartbeatTries: 1 + read.whole("NOETL_COMMAND_HEARTBEAT_RETRIES", 2, { least: 0 }),
    timeouts: {
      http: read.seconds("NOETL_WORKER_HTTP_TIMEOUT", 120_000),
      events: read.seconds("NOETL_WORKER_EVENT_TIMEOUT", 60_000),
      beat: read.seconds("NOETL_COMMAND_HEARTBEAT_TIMEOUT_SECONDS", 10_000),
    },
    commandTimeoutMs: commandTimeoutMs === 0 ? undefined : commandTimeoutMs,
    drainMs: read.seconds("NOETL_WORKER_DRAIN_SECONDS", 50_000, { zero: true }),
    registerPatienceMs: 120_000,
    reportPatienceMs: 60_000,
    metrics: metricsConfig(env),
  };
}

function natsConfig(env: Environment): NatsConfig | undefined {
  const read = reader(env);
  const url = read.text("NATS_URL");
  if (url === undefined) return undefined;
  const user = read.text("NATS_USER");
  const password = read.text("NATS_PASSWORD");
  // The broker must not take a command for lost while it may still run.
  const least = (read.seconds("NOETL_WORKER_COMMAND_TIMEOUT_SECONDS", 180_000, { zero: true }) || 180_000) + 30_000;
  return {
    url,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    stream: read.text("NATS_STREAM") ?? "NOETL_COMMANDS",
    consumer: read.text("NATS_CONSUMER") ?? "noetl_worker_pool",
    fetchMs: read.seconds("NOETL_WORKER_NATS_FETCH_TIMEOUT_SECONDS", 30_000),
    ackWaitMs: Math.max(least, read.seconds("NOETL_WORKER_NATS_ACK_WAIT_SECONDS", 300_000)),
    maxAckPending: read.whole("NOETL_WORKER_NATS_MAX_ACK_PENDING", 64),
  };
}

function subscriptionOf(env: Environment): string | undefined {
  const read = reader(env);
  const mode = read.text("WORKER_MODE") ?? "command";
  const path = read.text("NOETL_SUBSCRIPTION_PATH");
  if (mode === "command") return undefined;
  if (mode !== "subscription") throw wrong("WORKER_MODE", `'${mode}' is neither command nor subscription`);
  if (path !== undefined) return path;
  throw wrong("NOETL_SUBSCRIPTION_PATH", "it is not set", "the catalog path of a kind: Subscription document");
}

/** A filter subject names one pool: the token after `commands`. */
function pools(env: Environment): readonly string[] {
  const read = reader(env);
  const filter = read.text("NATS_FILTER_SUBJECT", "NOETL_FEED_FILTER_SUBJECT");
  if (filter === undefined) return read.list("NOETL_WORKER_POOL_SEGMENTS") ?? SEGMENTS;
  const tokens = filter.split(".");
  const at = tokens.indexOf("commands");
  const pool = at === -1 ? undefined : (tokens[at + 1] ?? "legacy");
  if (pool === undefined || pool === ">" || pool === "*") {
    throw wrong("NATS_FILTER_SUBJECT", `'${filter}' names no pool`, "for example noetl.commands.shared.>");
  }
  return [pool];
}

function tlsConfig(env: Environment, readFile: (path: string) => string): WorkerConfig["tls"] {
  const read = reader(env);
  const load = (name: string) => {
    const path = read.text(name);
    if (path === undefined) return undefined;
    try {
      return readFile(path);
    } catch (error) {
      throw wrong(name, `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const cert = load("NOETL_TLS_CLIENT_CERT");
  const key = load("NOETL_TLS_CLIENT_KEY");
  const ca = load("NOETL_TLS_CLIENT_CA");
  if ((cert === undefined) !== (key === undefined)) {
    throw wrong(
      cert === undefined ? "NOETL_TLS_CLIENT_CERT" : "NOETL_TLS_CLIENT_KEY",
      "certificate and key go together",
    );
  }
  if (cert === undefined && ca === undefined) return undefined;
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** `host:port` first, else a port on all interfaces; a port of 0 takes any free one, `off` opens none. */
function metricsConfig(env: Environment): WorkerConfig["metrics"] {
  const read = reader(env);
  const bind = read.text("WORKER_METRICS_BIND");
  if (bind === "off") return undefined;
  if (bind !== undefined) {
    const [, host, port] = /^(.+):(\d{1,5})$/.exec(bind) ?? [];
    if (host === undefined || Number(port) > 65_535) {
      throw wrong("WORKER_METRICS_BIND", `'${bind}' is not HOST:PORT`, "for example 0.0.0.0:9090, or off");
    }
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(port), usual: false };
  }
  const names = ["NOETL_WORKER_METRICS_PORT", "PORT"];
  const port = read.whole(names, METRICS_PORT, { least: 0, most: 65_535 });
  return { host: "0.0.0.0", port, usual: read.text(...names) === undefined };
}
