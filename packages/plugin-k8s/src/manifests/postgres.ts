import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { Context } from "./context.ts";
import { type Dependency, metadata, services, statefulSet } from "./dependency.ts";
import type { Container, Manifest } from "./manifest.ts";
import { containerSecurity } from "./pod.ts";
import { variable } from "./settings.ts";

/** The user of the image. */
const USER = 999;

const SETTINGS = {
  max_connections: "100",
  shared_buffers: "128MB",
  work_mem: "2MB",
  log_connections: "on",
};

/**
 * Runs once, on an empty disk: the database of NoETL, one for demos, one for DuckLake. Anything that fails ends the pod
 * (§4.4), and the next one finds a disk that is not empty: what NoETL needs comes first. An extension this image does not
 * have is not asked for.
 */
const INIT = `set -eu
sql() { psql -v ON_ERROR_STOP=1 --no-password --username "$POSTGRES_USER" "$@"; }
sql --dbname "$POSTGRES_DB" --set password="$NOETL_PASSWORD" <<'SQL'
CREATE ROLE noetl LOGIN PASSWORD :'password';
CREATE DATABASE noetl OWNER noetl;
CREATE DATABASE ducklake_catalog OWNER noetl;
SQL
sql --dbname noetl <<'SQL'
CREATE SCHEMA noetl AUTHORIZATION noetl;
SQL
sql --dbname "$POSTGRES_DB" <<'SQL'
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name) FROM pg_available_extensions WHERE name = 'plpython3u' \\gexec
SQL
`;

/** A PostgreSQL for development (§4.4); nothing when the database is external. */
export function postgres(context: Context): Manifest[] {
  const { database } = context.config;
  if (database.mode !== "managed") return [];
  const of: Dependency = {
    name: "postgres",
    component: "database",
    namespace: database.namespace,
    ports: [{ name: "postgres", port: 5432, nodePort: database.nodePort }],
  };
  const settings: IConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(context, of, "postgres-config"),
    data: {
      POSTGRES_DB: "demo_noetl",
      POSTGRES_USER: "demo",
      TZ: "UTC",
      PGDATA: "/var/lib/postgresql/data/pgdata",
    },
  };
  const init: IConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(context, of, "postgres-init"),
    data: { "init_database.sh": INIT },
  };
  const ready = { exec: { command: ["pg_isready", "-q", "-h", "127.0.0.1"] } };
  const container: Container = {
    name: "postgres",
    image: database.image,
    imagePullPolicy: "IfNotPresent",
    args: Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ports: [{ name: "postgres", containerPort: 5432 }],
    envFrom: [{ configMapRef: { name: "postgres-config" } }],
    env: [variable("POSTGRES_PASSWORD", "postgres-secret"), variable("NOETL_PASSWORD", "postgres-secret")],
    resources: database.resources,
    // The scripts run before it listens on the network.
    startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 3 },
    livenessProbe: { ...ready, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
    readinessProbe: { ...ready, periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 3 },
    securityContext: containerSecurity,
    volumeMounts: [
      { name: "data", mountPath: "/var/lib/postgresql/data" },
      { name: "init", mountPath: "/docker-entrypoint-initdb.d", readOnly: true },
      { name: "run", mountPath: "/var/run/postgresql" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  return [
    settings,
    init,
    ...services(context, of),
    statefulSet(context, of, {
      user: USER,
      grace: 60,
      container,
      volumes: [
        { name: "init", configMap: { name: "postgres-init" } },
        { name: "run", emptyDir: {} },
        { name: "tmp", emptyDir: {} },
      ],
      storage: database.storage,
      settings: [settings.data, init.data],
    }),
  ];
}
