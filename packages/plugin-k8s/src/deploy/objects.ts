import type { KubeObject } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import { type Manifest, manifests, yamlStream } from "../manifests/index.ts";

/** The manifests of a configuration, as objects of the API. */
export function objects(config: K8sConfig): KubeObject[] {
  return manifests(config).map(asObject);
}

export function asObject(manifest: Manifest): KubeObject {
  return manifest as unknown as KubeObject;
}

/** `deployment/noetl-server`, as kubectl takes it. */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

/** Tells objects apart: kind, namespace, name. */
export function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}

/** What goes to `kubectl -f -`. */
export function stream(all: readonly KubeObject[]): string {
  return yamlStream(all);
}

/** Fields of a pod template, for Deployments, StatefulSets and Jobs. */
export interface Workload extends KubeObject {
  spec: {
    replicas?: number;
    selector?: { matchLabels?: { readonly [label: string]: string } };
    template: {
      metadata?: { labels?: { readonly [label: string]: string } };
      spec: { containers: { name: string; image: string }[] };
    };
  };
}

export function isWorkload(object: KubeObject): object is Workload {
  return ["Deployment", "StatefulSet", "Job"].includes(object.kind);
}
