import type { ISecret } from "kubernetes-models/v1/Secret";
import type { K8sConfig } from "../config/index.ts";
import { type Context, plainly } from "./context.ts";
import { labels, own } from "./names.ts";

/** Of the managed database and broker, which hold nothing worth a secret and are reached from this machine only. */
const DEMO = { database: "noetl", postgres: "demo", nats: "noetl", natsSystem: "sys" };

/** Passwords of what runs for development. Everything else is named only: see `keysSecret` and `expectedSecrets`. */
export function secrets(context: Context): ISecret[] {
  const { config } = context;
  const { database, nats } = config;
  const found = new Map<string, { [key: string]: string }>();
  const put = (name: string, data: { [key: string]: string }) => found.set(name, { ...found.get(name), ...data });
  if (database.mode === "managed") put(database.secret.name, { [database.secret.key]: DEMO.database });
  if (nats.mode === "managed" && nats.secret.name !== null) {
    put(nats.secret.name, { NATS_USER: "noetl", NATS_PASSWORD: DEMO.nats });
  }
  const ours = [...found].map(([name, data]) => secret(own(context, name, "server"), data));
  return [
    ...ours,
    ...(database.mode === "managed"
      ? [
          secret(
            { name: "postgres-secret", namespace: database.namespace, labels: labels(context, "database", "postgres") },
            { POSTGRES_PASSWORD: DEMO.postgres, NOETL_PASSWORD: DEMO.database },
          ),
        ]
      : []),
    ...(nats.mode === "managed"
      ? [
          secret(
            { name: "nats-secret", namespace: nats.namespace, labels: labels(context, "broker", "nats") },
            { NATS_USER: "noetl", NATS_PASSWORD: DEMO.nats, NATS_SYSTEM_PASSWORD: DEMO.natsSystem },
          ),
        ]
      : []),
  ];
}

function secret(metadata: NonNullable<ISecret["metadata"]>, data: { [key: string]: string }): ISecret {
  return { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata, data: encoded(data) };
}

const encoded = (data: { [key: string]: string }) =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));

/** Keys of the Secret that `deploy` makes when the cluster has none, and never changes afterwards (§4.3). */
export const GENERATED_KEYS = ["NOETL_ENCRYPTION_KEY", "NOETL_INTERNAL_API_TOKEN", "NOETL_API_TOKEN"] as const;

/**
 * That Secret, with new keys: 32 random bytes in base64 each, as `openssl rand -base64 32` makes them. Not part of
 * `manifests`: it is created once and never rendered.
 */
export function keysSecret(config: K8sConfig, random: (bytes: number) => Buffer): ISecret {
  const data = Object.fromEntries(GENERATED_KEYS.map((key) => [key, random(32).toString("base64")]));
  return secret(own({ config, ...plainly }, config.secrets.keys, "server"), data);
}

/** Secrets that must be in the namespace before server and workers start, beside `keysSecret`: somebody has to make them. */
export function expectedSecrets(config: K8sConfig): { name: string; keys: string[] }[] {
  const { database, nats, secrets } = config;
  const found = new Map<string, string[]>();
  const need = (name: string, ...keys: string[]) => found.set(name, [...(found.get(name) ?? []), ...keys]);
  if (database.mode === "external") need(database.secret.name, database.secret.key);
  if (nats.mode === "external") {
    if (nats.url === null) need(nats.secret.name ?? secrets.passwords, "NATS_URL");
    if (nats.secret.name !== null) need(nats.secret.name, "NATS_USER", "NATS_PASSWORD");
  }
  return [...found].map(([name, keys]) => ({ name, keys }));
}
