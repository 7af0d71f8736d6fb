import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { K8sConfig } from "../config/index.ts";
import type { Context } from "./context.ts";
import type { EnvVar } from "./manifest.ts";
import {
  CONSUMER,
  host,
  own,
  SERVER_CONFIG,
  SERVER_PORT,
  STREAM,
  serverUrl,
  WORKER_CONFIG,
  WORKER_PORT,
} from "./names.ts";

/** Settings without secrets, for every server; what a pool of workers has of its own stands in its Deployment. */
export function configMaps(context: Context): IConfigMap[] {
  const map = (name: string, component: string, data: { [name: string]: string }): IConfigMap => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: own(context, name, component),
    data,
  });
  const { config } = context;
  return [
    map(SERVER_CONFIG, "server", {
      ...common(config),
      ...databaseSettings(config),
      NOETL_HOST: "0.0.0.0",
      NOETL_PORT: String(SERVER_PORT),
    }),
    map(WORKER_CONFIG, "worker", { ...common(config), NOETL_WORKER_METRICS_PORT: String(WORKER_PORT) }),
  ];
}

function common(config: K8sConfig): { [name: string]: string } {
  const nats = natsUrl(config);
  return {
    TZ: "UTC",
    NOETL_LOG_LEVEL: config.log.level,
    NOETL_LOG_FORMAT: config.log.format,
    NOETL_SERVER_URL: serverUrl(config),
    ...(config.nats.mode === "none" ? {} : { NATS_STREAM: STREAM, NATS_CONSUMER: CONSUMER }),
    ...(nats === null ? {} : { NATS_URL: nats }),
  };
}

function natsUrl({ nats }: K8sConfig): string | null {
  if (nats.mode === "none") return null;
  return nats.mode === "managed" ? `nats://${host("nats", nats.namespace)}:4222` : nats.url;
}

/** Where the database is; nothing when the Secret holds the whole address. */
function databaseSettings({ database }: K8sConfig): { [name: string]: string } {
  // It starts at the same time as the server does.
  const waiting = { NOETL_DB_STARTUP_TIMEOUT: "100", NOETL_DB_RETRY_INTERVAL: "2" };
  if (database.mode === "managed") {
    return {
      POSTGRES_HOST: host("postgres", database.namespace),
      POSTGRES_PORT: "5432",
      NOETL_POSTGRES_DB: "noetl",
      NOETL_USER: "noetl",
      ...waiting,
    };
  }
  if (database.url === null) return waiting;
  const { hostname, port, pathname, username } = new URL(database.url);
  return {
    POSTGRES_HOST: hostname,
    POSTGRES_PORT: port === "" ? "5432" : port,
    NOETL_POSTGRES_DB: decodeURIComponent(pathname.slice(1)),
    NOETL_USER: username === "" ? "noetl" : decodeURIComponent(username),
    ...waiting,
  };
}

export function variable(name: string, secret: string, key = name): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** Secrets are named, never shown; a pod has those it needs and no others. */
export function serverSecrets(config: K8sConfig): EnvVar[] {
  const { keys } = config.secrets;
  return [
    ...databaseSecrets(config),
    variable("NOETL_ENCRYPTION_KEY", keys),
    variable("NOETL_INTERNAL_API_TOKEN", keys),
    ...(config.server.open ? [] : [variable("NOETL_API_TOKEN", keys)]),
    ...natsSecrets(config),
  ];
}

export function databaseSecrets({ database }: K8sConfig): EnvVar[] {
  const { name, key } = database.secret;
  const whole = database.mode === "external" && database.url === null;
  return [variable(whole ? "NOETL_DATABASE_URL" : "POSTGRES_PASSWORD", name, key)];
}

/** Workers have neither the encryption key nor the password of the database: the server gives them what a step needs. */
export function workerSecrets(config: K8sConfig): EnvVar[] {
  const token = config.server.open ? [] : [variable("NOETL_API_TOKEN", config.secrets.keys)];
  return [...token, ...natsSecrets(config)];
}

function natsSecrets({ nats, secrets }: K8sConfig): EnvVar[] {
  if (nats.mode === "none") return [];
  const { name } = nats.secret;
  const account = name === null ? [] : [variable("NATS_USER", name), variable("NATS_PASSWORD", name)];
  if (nats.mode === "managed" || nats.url !== null) return account;
  return [variable("NATS_URL", name ?? secrets.passwords), ...account];
}

/** Variables a person adds; the same name later wins over a ConfigMap. */
export function added(env: { readonly [name: string]: string }): EnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}
