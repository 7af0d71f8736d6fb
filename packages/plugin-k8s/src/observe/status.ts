import { isObject } from "@noetl/core";
import { type Kubectl, type KubeObject, objectsOf } from "../cluster/kubectl.ts";
import { isWorkload, type Workload } from "../deploy/objects.ts";
import { list, type PodTrouble, podsOf, troubleOf } from "../deploy/pods.ts";

export interface WorkloadState {
  kind: string;
  name: string;
  namespace: string;
  ready: number;
  desired: number;
  /** it runs as it was told, in its newest revision */
  ok: boolean;
  images: string[];
  /** RFC 3339 */
  created_at: string | null;
  troubles: PodTrouble[];
}

/** Everything of NoETL that runs in these namespaces, by its label `part-of`. */
export async function readStatus(kubectl: Kubectl, namespaces: readonly string[]): Promise<WorkloadState[]> {
  const found: KubeObject[] = [];
  for (const namespace of namespaces) {
    const args = [
      "get",
      "deployments,statefulsets,jobs,pods",
      "-n",
      namespace,
      "-l",
      "app.kubernetes.io/part-of=noetl",
    ];
    found.push(...objectsOf(await kubectl.json(args)));
  }
  const pods = found.filter(({ kind }) => kind === "Pod");
  return newestJobs(found.filter(isWorkload)).map((workload) => stateOf(workload, pods));
}

/** The Jobs of former images are history. */
function newestJobs(workloads: readonly Workload[]): Workload[] {
  const jobs = workloads.filter(({ kind }) => kind === "Job");
  const newest = jobs.toSorted((a, b) => (created(a) < created(b) ? 1 : -1))[0];
  return workloads.filter((workload) => workload.kind !== "Job" || workload === newest);
}

const created = ({ metadata }: KubeObject): string => String(metadata.creationTimestamp ?? "");

function stateOf(workload: Workload, pods: readonly KubeObject[]): WorkloadState {
  const { kind, metadata, spec } = workload;
  const status = isObject(workload.status) ? workload.status : {};
  const desired = kind === "Job" ? 1 : (spec.replicas ?? 1);
  const ready = Number((kind === "Job" ? status.succeeded : status.readyReplicas) ?? 0);
  const current = kind === "Job" || Number(status.observedGeneration ?? 0) >= Number(metadata.generation ?? 0);
  const updated = kind === "Job" || desired === 0 || Number(status.updatedReplicas ?? 0) >= desired;
  return {
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? "default",
    ready,
    desired,
    ok: ready >= desired && current && updated,
    images: [...new Set(list(spec.template.spec.containers).map(({ image }) => String(image)))],
    created_at: created(workload) || null,
    troubles: podsOf(workload, pods).flatMap((pod) => troubleOf(pod) ?? []),
  };
}
