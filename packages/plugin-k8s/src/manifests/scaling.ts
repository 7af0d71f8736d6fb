import type { IScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import type { K8sConfig, Pool } from "../config/index.ts";
import type { Context } from "./context.ts";
import { CONSUMER, host, own, STREAM, serverUrl, workerName } from "./names.ts";

type Trigger = IScaledObject["spec"]["triggers"][number];

/** Of `noetl_commands_pending{pool}`, which every server tells from the database. */
const BACKLOG = "noetl_commands_pending";

/**
 * A ScaledObject for each Deployment of workers (§6). For each pool of commands it looks at the lag of the durable consumer
 * and at the backlog the server knows: the larger number of pods counts, and one of the two is there when the other is not.
 */
export function scaledObjects(context: Context): IScaledObject[] {
  const { config } = context;
  if (!config.keda.enabled) return [];
  return Object.entries(config.workers).map(([name, pool]) => {
    const { min, max, pollingSeconds, cooldownSeconds } = pool.scale;
    return {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: own(context, `${workerName(name)}-scaler-${name}`, "worker", {
        app: workerName("default"),
        "worker-pool": name,
      }),
      spec: {
        scaleTargetRef: { name: workerName(name) },
        minReplicaCount: min,
        maxReplicaCount: max,
        pollingInterval: pollingSeconds,
        cooldownPeriod: cooldownSeconds,
        // The pause before 0 is KEDA's; between the other numbers it is the autoscaler's.
        advanced: {
          horizontalPodAutoscalerConfig: {
            behavior: { scaleDown: { stabilizationWindowSeconds: cooldownSeconds } },
          },
        },
        triggers: pool.pools.flatMap((each) => [...lag(config, pool, each), ...backlog(config, pool, each)]),
      },
    };
  });
}

/** A wrong account or endpoint is a lag of 0 without an error: both are said, never guessed. */
function lag({ nats }: K8sConfig, { scale }: Pool, pool: string): Trigger[] {
  const endpoint = nats.mode === "managed" ? `${host("nats", nats.namespace)}:8222` : nats.monitoring;
  if (nats.mode === "none" || endpoint === null) return [];
  return [
    {
      type: "nats-jetstream",
      metadata: {
        natsServerMonitoringEndpoint: endpoint,
        account: nats.account,
        stream: STREAM,
        consumer: consumerOf(pool),
        lagThreshold: String(scale.lag),
        activationLagThreshold: String(scale.activation),
        useHttps: "false",
      },
    },
  ];
}

function backlog(config: K8sConfig, { scale }: Pool, pool: string): Trigger[] {
  // Commands of that name come from older servers only.
  if (pool === "legacy") return [];
  const series = `${BACKLOG}{pool="${pool}"}`;
  const { prometheus } = config.keda;
  if (prometheus !== null) {
    return [
      {
        type: "prometheus",
        metadata: {
          serverAddress: prometheus,
          query: `max(${series})`,
          threshold: String(scale.lag),
          activationThreshold: String(scale.activation),
        },
      },
    ];
  }
  return [
    {
      type: "metrics-api",
      metadata: {
        url: `${serverUrl(config)}/metrics`,
        format: "prometheus",
        valueLocation: series,
        targetValue: String(scale.lag),
        activationTargetValue: String(scale.activation),
      },
    },
  ];
}

/** As `bus` names them (worker-and-tools §3.1). */
export const consumerOf = (pool: string): string => (pool === "legacy" ? CONSUMER : `${CONSUMER}_${pool}`);
