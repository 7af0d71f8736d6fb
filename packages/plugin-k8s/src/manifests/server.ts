import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IService } from "kubernetes-models/v1/Service";
import type { ServerRole } from "../config/index.ts";
import type { Context } from "./context.ts";
import { disruptionBudget } from "./disruption.ts";
import type { Container } from "./manifest.ts";
import { labels, own, rolesOf, SERVER_CONFIG, SERVER_PORT, SERVICE, serverName } from "./names.ts";
import {
  containerSecurity,
  envFrom,
  httpProbe,
  imageOf,
  mounted,
  podSecurity,
  pullSecrets,
  scraped,
  scratch,
  spread,
  variables,
} from "./pod.ts";
import { added, configMaps, serverSecrets } from "./settings.ts";

/** A Deployment for each role of the layout; leases in the database see to it that each task has one doer. */
export function servers(context: Context): IDeployment[] {
  return rolesOf(context.config).map((role) => deployment(context, role));
}

/** Pods that answer requests. */
export const answering = { app: serverName("api") };

export function serverServices(context: Context): IService[] {
  const { nodePort } = context.config.server;
  const port = { name: "http", port: SERVER_PORT, targetPort: "http" };
  const service = (name: string, spec: IService["spec"]): IService => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: own(context, name, "server"),
    spec: { selector: answering, ...spec },
  });
  const inside = service(SERVICE, { type: "ClusterIP", ports: [port] });
  if (nodePort === null) return [inside];
  return [inside, service(`${SERVICE}-ext`, { type: "NodePort", ports: [{ ...port, nodePort }] })];
}

export function serverBudgets(context: Context): IPodDisruptionBudget[] {
  return [disruptionBudget(context, serverName("api"), "server", answering)];
}

function deployment(context: Context, role: ServerRole): IDeployment {
  const { config } = context;
  const name = serverName(role);
  const component = role === "all" || role === "api" ? "server" : role;
  const app = { app: name };
  const { replicas } = config.server[role];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: own(context, name, component, {
      ...app,
      "noetl.io/role": role,
      "app.kubernetes.io/version": context.version(config.image.ref),
    }),
    spec: {
      replicas,
      revisionHistoryLimit: 5,
      selector: { matchLabels: app },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels: { ...app, "noetl.io/role": role, ...labels(context, component) },
          annotations: {
            ...scraped(config, SERVER_PORT),
            "noetl.io/config": context.digest("server-config", configMaps(context)[0]?.data),
          },
        },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(),
          terminationGracePeriodSeconds: 30,
          ...pullSecrets(config),
          topologySpreadConstraints: spread(app),
          containers: [container(context, role)],
          volumes: [...scratch.volumes, ...mounted(config.server.files).volumes],
        },
      },
    },
  };
}

function container({ config }: Context, role: ServerRole): Container {
  const { server, image, database } = config;
  return {
    name: "noetl-server",
    ...imageOf(config, image.ref),
    args: [
      "server",
      "start",
      "--foreground",
      "--role",
      role,
      ...(server.open ? ["--insecure"] : []),
      ...(database.migrations === "server" ? ["--init-db"] : []),
    ],
    ports: [{ name: "http", containerPort: SERVER_PORT }],
    envFrom: envFrom(SERVER_CONFIG, server.envFrom),
    env: variables(serverSecrets(config), added(server.env)),
    resources: server[role].resources,
    // It listens when database and broker answer; longer than it waits for them itself.
    startupProbe: httpProbe("/api/health", "http", { periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 3 }),
    // A database that is away is no reason to kill the server.
    livenessProbe: httpProbe("/health", "http", { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 }),
    // 503 without the database. A broker that is away delays commands, it does not stop requests.
    readinessProbe: httpProbe("/api/health", "http", { periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 3 }),
    // Requests still come until every node has heard that this pod leaves.
    lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
    securityContext: containerSecurity,
    volumeMounts: [...scratch.mounts, ...mounted(server.files).mounts],
  };
}
