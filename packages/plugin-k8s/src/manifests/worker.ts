import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { Pool } from "../config/index.ts";
import type { Context } from "./context.ts";
import { disruptionBudget } from "./disruption.ts";
import type { Container } from "./manifest.ts";
import { labels, own, WORKER_CONFIG, WORKER_PORT, workerName } from "./names.ts";
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
import { WORKER_ACCOUNT } from "./rbac.ts";
import { added, configMaps, workerSecrets } from "./settings.ts";

/** Seconds a worker has after its drain: to give back what still runs, and to say goodbye. */
const LEAVING = 15;
const DATA = "noetl-data-shared";

export function workers(context: Context): IDeployment[] {
  return Object.entries(context.config.workers).map(([name, pool]) => deployment(context, name, pool));
}

export function workerBudgets(context: Context): IPodDisruptionBudget[] {
  return Object.keys(context.config.workers).map((name) =>
    disruptionBudget(context, workerName(name), "worker", selectorOf(name)),
  );
}

/** The volume workers share for files (§4.2). */
export function dataClaim(context: Context): IPersistentVolumeClaim[] {
  const { enabled, size, mode, storageClass } = context.config.data;
  if (!enabled) return [];
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: own(context, DATA, "worker"),
      spec: {
        accessModes: [mode],
        resources: { requests: { storage: size } },
        ...(storageClass !== null && { storageClassName: storageClass }),
      },
    },
  ];
}

const selectorOf = (pool: string) => ({ app: workerName("default"), "worker-pool": pool });

function deployment(context: Context, name: string, pool: Pool): IDeployment {
  const { config } = context;
  const selector = selectorOf(name);
  const { data, jobs, keda, image } = config;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: own(context, workerName(name), "worker", {
      ...selector,
      "app.kubernetes.io/version": context.version(image.worker ?? image.ref),
    }),
    spec: {
      // KEDA sets it; an apply must not set it back.
      ...(!keda.enabled && { replicas: pool.replicas }),
      revisionHistoryLimit: 5,
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      template: {
        metadata: {
          labels: { ...selector, ...labels(context, "worker") },
          annotations: {
            ...scraped(config, WORKER_PORT),
            "noetl.io/config": context.digest("worker-config", configMaps(context)[1]?.data),
          },
        },
        spec: {
          serviceAccountName: WORKER_ACCOUNT,
          automountServiceAccountToken: jobs.enabled,
          enableServiceLinks: false,
          securityContext: podSecurity(),
          terminationGracePeriodSeconds: pool.drainSeconds + LEAVING,
          ...pullSecrets(config),
          ...(Object.keys(pool.nodeSelector).length > 0 && { nodeSelector: pool.nodeSelector }),
          ...(pool.tolerations.length > 0 && { tolerations: pool.tolerations.map(given) }),
          topologySpreadConstraints: spread(selector),
          containers: [container(context, name, pool)],
          volumes: [
            ...scratch.volumes,
            ...mounted(pool.files).volumes,
            ...(data.enabled ? [{ name: "data", persistentVolumeClaim: { claimName: DATA } }] : []),
          ],
        },
      },
    },
  };
}

function container({ config }: Context, name: string, pool: Pool): Container {
  const { image, data } = config;
  return {
    name: "worker",
    ...imageOf(config, image.worker ?? image.ref),
    args: ["worker", "start", "--foreground", "--name", name, ...pool.pools.flatMap((each) => ["--pool", each])],
    ports: [{ name: "metrics", containerPort: WORKER_PORT }],
    envFrom: envFrom(WORKER_CONFIG, pool.envFrom),
    env: variables(
      [
        { name: "NOETL_WORKER_MAX_INFLIGHT_COMMANDS", value: String(pool.capacity) },
        { name: "NOETL_WORKER_DRAIN_SECONDS", value: String(pool.drainSeconds) },
      ],
      workerSecrets(config),
      added(pool.env),
    ),
    resources: pool.resources,
    // Its page is there before it has found the server, for which it waits two minutes.
    startupProbe: httpProbe("/livez", "metrics", { periodSeconds: 2, failureThreshold: 30, timeoutSeconds: 3 }),
    livenessProbe: httpProbe("/livez", "metrics", { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 }),
    readinessProbe: httpProbe("/readyz", "metrics", { periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 3 }),
    securityContext: containerSecurity,
    volumeMounts: [
      ...scratch.mounts,
      ...mounted(pool.files).mounts,
      ...(data.enabled ? [{ name: "data", mountPath: "/opt/noetl/data" }] : []),
    ],
  };
}

type Toleration = Pool["tolerations"][number];

/** Without the keys that are not there. */
function given(toleration: Toleration): { [K in keyof Toleration]?: Exclude<Toleration[K], undefined> } {
  return Object.fromEntries(Object.entries(toleration).filter(([, value]) => value !== undefined));
}
