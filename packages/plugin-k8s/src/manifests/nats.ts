import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { Context } from "./context.ts";
import { type Dependency, metadata, services, statefulSet } from "./dependency.ts";
import type { Container, Manifest } from "./manifest.ts";
import { containerSecurity, httpProbe } from "./pod.ts";
import { variable } from "./settings.ts";

const USER = 1_000;

/** NATS puts the variables in itself. Commands live in memory for an hour, mirrored events on the disk. */
const configuration = (account: string): string => `server_name: nats-0
port: 4222
http_port: 8222
jetstream {
  store_dir: /data/jetstream
  max_memory_store: 1GB
}
accounts {
  $SYS: { users: [{ user: sys, password: $NATS_SYSTEM_PASSWORD }] }
  ${account}: { jetstream: enabled, users: [{ user: $NATS_USER, password: $NATS_PASSWORD }] }
}
`;

/** A NATS for development (§4.5); nothing when the broker is external or there is none. */
export function nats(context: Context): Manifest[] {
  const { nats } = context.config;
  if (nats.mode !== "managed") return [];
  const of: Dependency = {
    name: "nats",
    component: "broker",
    namespace: nats.namespace,
    ports: [
      { name: "client", port: 4222, nodePort: nats.nodePort },
      { name: "monitoring", port: 8222, nodePort: nats.monitoringNodePort },
    ],
  };
  const settings: IConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(context, of, "nats-config"),
    data: { "nats.conf": configuration(nats.account) },
  };
  const container: Container = {
    name: "nats",
    image: nats.image,
    imagePullPolicy: "IfNotPresent",
    args: ["--config", "/etc/nats-config/nats.conf"],
    ports: [
      { name: "client", containerPort: 4222 },
      { name: "monitoring", containerPort: 8222 },
    ],
    env: ["NATS_USER", "NATS_PASSWORD", "NATS_SYSTEM_PASSWORD"].map((name) => variable(name, "nats-secret")),
    resources: nats.resources,
    startupProbe: httpProbe("/healthz", "monitoring", { periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 3 }),
    // Streams that are being recovered are no reason to start again.
    livenessProbe: httpProbe("/healthz?js-enabled-only=true", "monitoring", {
      periodSeconds: 10,
      failureThreshold: 3,
      timeoutSeconds: 5,
    }),
    readinessProbe: httpProbe("/healthz", "monitoring", { periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 3 }),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "config", mountPath: "/etc/nats-config", readOnly: true },
    ],
  };
  return [
    settings,
    ...services(context, of),
    statefulSet(context, of, {
      user: USER,
      grace: 60,
      container,
      volumes: [{ name: "config", configMap: { name: "nats-config" } }],
      storage: nats.storage,
      settings: settings.data,
    }),
  ];
}
