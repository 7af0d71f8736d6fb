import { NoetlError } from "@noetl/core";
import { z } from "zod";

export type Role = "api" | "publisher" | "projector" | "system";
export const ROLES: readonly Role[] = ["api", "publisher", "projector", "system"];

/** What a server is told. Times in ms unless they say otherwise; sizes in bytes. */
export interface ServerConfig {
  /** of the control plane, the same for all servers of it */
  name: string;
  host: string;
  port: number;
  /** where workers reach this control plane (server-api §4.2) */
  publicUrl: string | undefined;
  roles: readonly Role[];
  /** how hints travel: `poll` workers ask · `notify` also over a bus without a queue · `broker` also over NATS, with an outbox */
  bus: "poll" | "notify" | "broker";
  /** several servers share the store: command bodies are stored, logs of others are followed */
  shared: boolean;
  apiToken: string | undefined;
  internalToken: string | undefined;
  /** listen wider than loopback without a token (decision 18) */
  insecure: boolean;
  tls: { cert: string; key: string; clientCa?: string } | undefined;
  /** `POST /api/postgres/execute`; undefined = with a token or on loopback */
  sqlApi: boolean | undefined;
  /** decrypted data of credentials over HTTP; undefined = with a token or on loopback */
  credentialData: boolean | undefined;
  metrics: boolean;
  bodyLimit: number;
  resultLimit: number;
  batch: { events: number; bytes: number };
  claim: { leaseMs: number; retryAfterSeconds: number; staleMs: number; hardMs: number; maxClaims: number };
  poll: { longestMs: number; reserveMs: number; recheckMs: number };
  /** events go to the broker as well (server-api §6.2) */
  eventMirror: boolean;
  outbox: { batch: number; idleMs: number; directDelayMs: number; keepMs: number };
  system: {
    reaperMs: number;
    pendingMs: number;
    runtimeMs: number;
    offlineMs: number;
    runsMs: number;
    collectMs: number;
  };
  autoRecreateRuntime: boolean;
  heartbeatRetryAfterSeconds: number;
  /** where traces are sent; undefined = nowhere */
  otlp: { endpoint: string; headers: string | undefined; service: string } | undefined;
  /** whose tokens `POST /api/auth/login` takes; undefined = none */
  auth0Domain: string | undefined;
  /** names playbooks may read from `env` (DSL §6) */
  templateEnv: readonly string[];
  /** of the process: what `keychain` entries with provider `env` may be resolved from (`NOETL_KEYCHAIN_ENV_VARS`) */
  secretEnv: { readonly [name: string]: string };
}

export const defaults: ServerConfig = {
  name: "noetl-control-plane",
  host: "127.0.0.1",
  port: 8082,
  publicUrl: undefined,
  roles: ROLES,
  bus: "poll",
  shared: false,
  apiToken: undefined,
  internalToken: undefined,
  insecure: false,
  tls: undefined,
  sqlApi: undefined,
  credentialData: undefined,
  metrics: true,
  bodyLimit: 16 << 20,
  resultLimit: 64 << 20,
  batch: { events: 256, bytes: 2 << 20 },
  claim: { leaseMs: 120_000, retryAfterSeconds: 2, staleMs: 30_000, hardMs: 1_800_000, maxClaims: 3 },
  poll: { longestMs: 30_000, reserveMs: 5_000, recheckMs: 2_000 },
  eventMirror: false,
  outbox: { batch: 100, idleMs: 1_000, directDelayMs: 2_000, keepMs: 86_400_000 },
  system: {
    reaperMs: 15_000,
    pendingMs: 60_000,
    runtimeMs: 15_000,
    offlineMs: 60_000,
    runsMs: 60_000,
    collectMs: 300_000,
  },
  autoRecreateRuntime: true,
  heartbeatRetryAfterSeconds: 3,
  otlp: undefined,
  auth0Domain: undefined,
  templateEnv: [],
  secretEnv: {},
};

const bool = z
  .enum(["1", "true", "yes", "on", "0", "false", "no", "off"])
  .transform((word) => /^(1|true|yes|on)$/.test(word));
const seconds = z.coerce
  .number()
  .positive()
  .transform((value) => value * 1_000);
const whole = z.coerce.number().int().positive();
const names = z.string().transform((text) =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== ""),
);

/** Names and defaults of server-api §8.1. */
const environment = z.object({
  NOETL_SERVER_NAME: z.string().min(1).optional(),
  NOETL_HOST: z.string().min(1).optional(),
  NOETL_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  NOETL_SERVER_URL: z.string().optional(),
  NOETL_PUBLIC_SERVER_URL: z.string().optional(),
  NOETL_API_TOKEN: z.string().min(1).optional(),
  NOETL_INTERNAL_API_TOKEN: z.string().min(1).optional(),
  NOETL_ENABLE_SQL_API: bool.optional(),
  NOETL_ENABLE_CREDENTIAL_DATA: bool.optional(),
  NOETL_DISABLE_METRICS: bool.optional(),
  NOETL_EVENT_MIRROR_ENABLED: bool.optional(),
  NOETL_AUTO_RECREATE_RUNTIME: bool.optional(),
  NOETL_HEARTBEAT_RETRY_AFTER: whole.optional(),
  NOETL_RUNTIME_SWEEP_INTERVAL: seconds.optional(),
  NOETL_RUNTIME_OFFLINE_SECONDS: seconds.optional(),
  NOETL_COMMAND_CLAIM_LEASE_SECONDS: seconds.optional(),
  NOETL_COMMAND_CLAIM_RETRY_AFTER_SECONDS: whole.optional(),
  NOETL_COMMAND_CLAIM_HEALTHY_WORKER_HARD_TIMEOUT_SECONDS: seconds.optional(),
  NOETL_BATCH_MAX_EVENTS_PER_REQUEST: whole.optional(),
  NOETL_BATCH_MAX_PAYLOAD_BYTES: whole.optional(),
  NOETL_OUTBOX_PUBLISHER_BATCH_SIZE: whole.optional(),
  NOETL_OUTBOX_PUBLISHER_IDLE_SLEEP_SECONDS: seconds.optional(),
  NOETL_REAPER_INTERVAL_SECONDS: seconds.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  AUTH0_DOMAIN: z.string().min(1).optional(),
  NOETL_TEMPLATE_ENV: names.optional(),
  NOETL_KEYCHAIN_ENV_VARS: names.optional(),
});

/** Meaning `validation` names the variable that is wrong; nothing falls back in silence (server-api §11.3, 18). */
export function serverConfig(
  env: { readonly [name: string]: string | undefined },
  given: Partial<ServerConfig> = {},
): ServerConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const read = environment.safeParse(set);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new NoetlError("validation", "E_CONFIG", `${issue?.path.join(".") ?? "environment"}: ${issue?.message}`);
  }
  const e = read.data;
  const found: ServerConfig = {
    ...defaults,
    ...present({
      name: e.NOETL_SERVER_NAME,
      host: e.NOETL_HOST,
      port: e.NOETL_PORT,
      publicUrl: e.NOETL_PUBLIC_SERVER_URL ?? e.NOETL_SERVER_URL,
      apiToken: e.NOETL_API_TOKEN,
      internalToken: e.NOETL_INTERNAL_API_TOKEN,
      sqlApi: e.NOETL_ENABLE_SQL_API,
      credentialData: e.NOETL_ENABLE_CREDENTIAL_DATA,
      metrics: e.NOETL_DISABLE_METRICS === undefined ? undefined : !e.NOETL_DISABLE_METRICS,
      eventMirror: e.NOETL_EVENT_MIRROR_ENABLED,
      autoRecreateRuntime: e.NOETL_AUTO_RECREATE_RUNTIME,
      heartbeatRetryAfterSeconds: e.NOETL_HEARTBEAT_RETRY_AFTER,
      otlp:
        e.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
          ? undefined
          : {
              endpoint: e.OTEL_EXPORTER_OTLP_ENDPOINT,
              headers: e.OTEL_EXPORTER_OTLP_HEADERS,
              service: e.OTEL_SERVICE_NAME ?? "noetl-server",
            },
      auth0Domain: e.AUTH0_DOMAIN,
      templateEnv: e.NOETL_TEMPLATE_ENV,
      secretEnv: e.NOETL_KEYCHAIN_ENV_VARS && valuesOf(e.NOETL_KEYCHAIN_ENV_VARS, env),
    }),
    claim: {
      ...defaults.claim,
      ...present({
        leaseMs: e.NOETL_COMMAND_CLAIM_LEASE_SECONDS,
        retryAfterSeconds: e.NOETL_COMMAND_CLAIM_RETRY_AFTER_SECONDS,
        hardMs: e.NOETL_COMMAND_CLAIM_HEALTHY_WORKER_HARD_TIMEOUT_SECONDS,
      }),
    },
    batch: {
      ...defaults.batch,
      ...present({ events: e.NOETL_BATCH_MAX_EVENTS_PER_REQUEST, bytes: e.NOETL_BATCH_MAX_PAYLOAD_BYTES }),
    },
    outbox: {
      ...defaults.outbox,
      ...present({
        batch: e.NOETL_OUTBOX_PUBLISHER_BATCH_SIZE,
        idleMs: e.NOETL_OUTBOX_PUBLISHER_IDLE_SLEEP_SECONDS,
      }),
    },
    system: {
      ...defaults.system,
      ...present({
        reaperMs: e.NOETL_REAPER_INTERVAL_SECONDS,
        runtimeMs: e.NOETL_RUNTIME_SWEEP_INTERVAL,
        offlineMs: e.NOETL_RUNTIME_OFFLINE_SECONDS,
      }),
    },
  };
  const config = { ...found, ...given };
  // Workers of a broker are told where to claim.
  // A port of 0 is known once the server listens.
  if (config.bus !== "broker" || config.publicUrl !== undefined || config.port === 0) return config;
  return { ...config, publicUrl: `http://localhost:${config.port}` };
}

function valuesOf(names: readonly string[], env: { readonly [name: string]: string | undefined }) {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** Decision 18. Meaning `validation`. */
export function checkListener(config: ServerConfig): void {
  if (isLoopback(config.host) || config.apiToken !== undefined || config.insecure) return;
  throw new NoetlError("validation", "E_INSECURE", `listening on ${config.host} without a token is refused`, {
    hint: "set NOETL_API_TOKEN, or listen on 127.0.0.1, or say --insecure",
  });
}

/** Decrypted credentials over HTTP: workers need them, so who listens without a token has been told (`insecure`). */
export function handsOutSecrets(config: ServerConfig): boolean {
  return config.credentialData ?? (config.apiToken !== undefined || isLoopback(config.host) || config.insecure);
}

/** Any statement on any database: with a token, or where only this machine can ask, or when it is said so. */
export function runsStatements(config: ServerConfig): boolean {
  return config.sqlApi ?? (config.apiToken !== undefined || isLoopback(config.host));
}
