import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IService } from "kubernetes-models/v1/Service";
import type { K8sConfig } from "../config/index.ts";
import type { Context } from "./context.ts";
import type { Container } from "./manifest.ts";
import { labels } from "./names.ts";
import { podSecurity, type Volumes } from "./pod.ts";

/** A server with a disk that a development cluster runs for us. */
export interface Dependency {
  name: "postgres" | "nats";
  component: string;
  namespace: string;
  ports: { name: string; port: number; nodePort: number | null }[];
}

export function metadata(context: Context, of: Dependency, name: string = of.name) {
  return { name, namespace: of.namespace, labels: { app: of.name, ...labels(context, of.component, of.name) } };
}

/** Without an address of its own inside (clients find the pod), with ports of the nodes outside. */
export function services(context: Context, of: Dependency): IService[] {
  const service = (name: string, spec: IService["spec"]): IService => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(context, of, name),
    spec: { selector: { app: of.name }, ...spec },
  });
  const outside = of.ports.flatMap(({ name, port, nodePort }) =>
    nodePort === null ? [] : [{ name, port, targetPort: name, nodePort }],
  );
  const inside = of.ports.map(({ name, port }) => ({ name, port, targetPort: name }));
  return [
    service(of.name, { clusterIP: "None", ports: inside }),
    ...(outside.length === 0 ? [] : [service(`${of.name}-ext`, { type: "NodePort", ports: outside })]),
  ];
}

export function statefulSet(
  context: Context,
  of: Dependency,
  pod: {
    user: number;
    grace: number;
    container: Container;
    volumes: Volumes;
    storage: K8sConfig["nats"]["storage"];
    /** a pod starts anew when it changes */
    settings: unknown;
  },
): IStatefulSet {
  const { size, storageClass } = pod.storage;
  const app = { app: of.name };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadata(context, of),
    spec: {
      serviceName: of.name,
      replicas: 1,
      selector: { matchLabels: app },
      template: {
        metadata: {
          labels: { ...app, ...labels(context, of.component, of.name) },
          annotations: { "noetl.io/config": context.digest(`${of.name}-config`, pod.settings) },
        },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(pod.user),
          terminationGracePeriodSeconds: pod.grace,
          containers: [pod.container],
          volumes: pod.volumes,
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: size } },
            ...(storageClass !== null && { storageClassName: storageClass }),
          },
        },
      ],
    },
  };
}
