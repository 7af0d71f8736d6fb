import { randomBytes } from "node:crypto";
import { isObject, NoetlError } from "@noetl/core";
import { fixedKeys, openPostgresStore, type PostgresTarget } from "@noetl/store";
import { type Kubectl, objectsOf } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import { withForward } from "../observe/forward.ts";

/** Which database a configuration means, for questions; never a password. */
export function databaseName({ database }: K8sConfig): string {
  if (database.mode === "managed") return `noetl of namespace ${database.namespace}`;
  if (database.url === null) return `the one of Secret ${database.secret.name}`;
  const { host, pathname } = new URL(database.url);
  return `${host}${pathname}`;
}

/**
 * Drops the schema with everything in it and makes it anew, with the store's own migrations. A managed database is reached
 * through a free port of this machine, an external one at its address. `quiet` is called when it answers and before anything
 * is lost. Meanings: `not_found` no Secret; as of kubectl and of the database.
 */
export async function resetDatabase(kubectl: Kubectl, config: K8sConfig, quiet: () => Promise<void>): Promise<void> {
  const { database, namespace } = config;
  const secret = await secretValue(kubectl, namespace, database.secret);
  if (database.mode === "external") return resetSchema(externalTarget(database.url, secret), quiet);
  await withForward(kubectl, { target: "svc/postgres", namespace: database.namespace, port: 5432 }, (port) =>
    resetSchema({ host: "127.0.0.1", port, user: "noetl", password: secret, database: "noetl" }, quiet),
  );
}

function externalTarget(url: string | null, secret: string): PostgresTarget {
  if (url === null) return { url: secret };
  const target = new URL(url);
  target.password = encodeURIComponent(secret);
  if (target.username === "") target.username = "noetl";
  return { url: target.href };
}

async function resetSchema(target: PostgresTarget, quiet: () => Promise<void>): Promise<void> {
  // No secret is read or written here.
  const keys = fixedKeys({ id: "none", bytes: randomBytes(32) });
  const store = await openPostgresStore({ target, keys, max: 2 });
  try {
    await store.query({ text: "SELECT 1", write: false });
    await quiet();
    await store.query({ text: "DROP SCHEMA IF EXISTS noetl CASCADE", write: true });
    await store.migrate();
  } finally {
    await store.close();
  }
}

/** The text of a key in a Secret. Meaning `not_found`. */
export async function secretValue(
  kubectl: Kubectl,
  namespace: string,
  { name, key }: { name: string; key: string },
): Promise<string> {
  const [secret] = objectsOf(await kubectl.json(["get", "secret", name, "-n", namespace, "--ignore-not-found"]));
  const data = isObject(secret?.data) ? secret.data[key] : undefined;
  if (typeof data === "string") return Buffer.from(data, "base64").toString("utf8");
  throw new NoetlError("not_found", "SECRET_MISSING", `namespace ${namespace} has no Secret ${name} with ${key}`, {
    hint: `noetl k8s deploy --context ${kubectl.context} makes it`,
  });
}
