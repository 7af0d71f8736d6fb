import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { Context } from "./context.ts";
import { labels } from "./names.ts";

/** Namespaces of what is applied; their pods get by with the restricted standard, Jobs of people with the baseline. */
export function namespaces(context: Context): INamespace[] {
  const { config } = context;
  const { database, nats, jobs } = config;
  const names = new Map([[config.namespace, "noetl"]]);
  if (database.mode === "managed") names.set(database.namespace, names.get(database.namespace) ?? "postgres");
  if (nats.mode === "managed") names.set(nats.namespace, names.get(nats.namespace) ?? "nats");
  if (jobs.enabled && jobs.namespace !== null) names.set(jobs.namespace, names.get(jobs.namespace) ?? "noetl");
  return [...names].map(([name, app]) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: {
        ...labels(context, "namespace", app),
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    },
  }));
}
