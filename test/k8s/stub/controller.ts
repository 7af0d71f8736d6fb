import { randomUUID } from "node:crypto";
import { isObject } from "@noetl/core";
import type { Stored } from "./server-side-apply.ts";
import type { ObjectStore } from "./store.ts";

/** What becomes of the pods of a workload. */
export type Fate =
  | { is: "ready"; afterMs?: number }
  | { is: "waiting"; reason: string; message: string; restarts?: number; exitCode?: number }
  | { is: "unschedulable"; message: string }
  /** without pods: the API refused them */
  | { is: "refused"; message: string }
  /** of a Job */
  | { is: "failed"; message: string };

export interface Controller {
  fates: Map<string, Fate>;
  stop(): void;
}

const WORKLOADS = ["deployments", "statefulsets", "jobs"];

/** Plays kubelet and controllers: what is applied gets pods, and these come up or do not, by the name of the workload. */
export function playRollouts(store: ObjectStore, fates: Map<string, Fate>): Controller {
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const seen = new Map<string, number>();
  const unwatch = store.watch((resource, { type, object }) => {
    if (!WORKLOADS.includes(resource)) return;
    const { name, namespace, generation } = object.metadata;
    const id = `${resource}/${namespace}/${name}`;
    if (type === "DELETED") {
      seen.delete(id);
      for (const pod of podsOf(store, object)) store.delete("pods", String(namespace), String(pod.metadata.name));
      return;
    }
    if (seen.get(id) === generation) return;
    seen.set(id, Number(generation));
    later(5, () => roll(store, resource, object, fates.get(String(name)) ?? { is: "ready" }, later));
  });
  return {
    fates,
    stop() {
      unwatch();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function podsOf(store: ObjectStore, owner: Stored): Stored[] {
  return store
    .list("pods", String(owner.metadata.namespace))
    .filter((pod) => (pod.metadata.annotations as { owner?: string } | undefined)?.owner === ownerOf(owner));
}

const ownerOf = ({ kind, metadata }: Stored): string => `${String(kind)}/${String(metadata.name)}`;

function roll(
  store: ObjectStore,
  resource: string,
  owner: Stored,
  fate: Fate,
  later: (ms: number, work: () => void) => void,
): void {
  const { namespace, name, generation } = owner.metadata;
  const current = store.get(resource, String(namespace), String(name));
  if (!current || current.metadata.generation !== generation) return;
  const spec = isObject(current.spec) ? current.spec : {};
  const replicas = resource === "jobs" ? 1 : Number(spec.replicas ?? 1);
  status(store, resource, current, {
    observedGeneration: generation,
    replicas,
    updatedReplicas: replicas,
    unavailableReplicas: replicas,
  });
  if (fate.is === "refused") {
    event(store, current, { type: "Warning", reason: "FailedCreate", message: fate.message });
    return;
  }
  for (const pod of podsOf(store, current)) store.delete("pods", String(namespace), String(pod.metadata.name));
  for (let index = 0; index < replicas; index++) {
    const pod = podFor(current, spec, `${String(name)}-${String(generation)}-${index}`);
    store.put("pods", { ...pod, status: podStatus(pod, fate, false) });
    if (fate.is === "waiting") event(store, pod, { type: "Warning", reason: "Failed", message: fate.message });
    if (fate.is === "unschedulable")
      event(store, pod, { type: "Warning", reason: "FailedScheduling", message: fate.message });
  }
  if (fate.is === "ready") later(fate.afterMs ?? 30, () => finish(store, resource, current, replicas));
  if (fate.is === "failed") {
    later(30, () =>
      status(store, resource, current, {
        failed: 1,
        conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: fate.message }],
      }),
    );
  }
}

function finish(store: ObjectStore, resource: string, owner: Stored, replicas: number): void {
  const { namespace, name, generation } = owner.metadata;
  if (store.get(resource, String(namespace), String(name))?.metadata.generation !== generation) return;
  for (const pod of podsOf(store, owner)) store.put("pods", { ...pod, status: podStatus(pod, { is: "ready" }, true) });
  status(store, resource, owner, {
    observedGeneration: generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    currentReplicas: replicas,
    currentRevision: `r${String(generation)}`,
    updateRevision: `r${String(generation)}`,
    ...(resource === "jobs"
      ? { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] }
      : { conditions: [{ type: "Available", status: "True" }] }),
  });
}

function status(store: ObjectStore, resource: string, owner: Stored, value: object): void {
  const { namespace, name } = owner.metadata;
  const current = store.get(resource, String(namespace), String(name));
  if (current) store.put(resource, { ...current, status: value });
}

function podFor(owner: Stored, spec: Record<string, unknown>, name: string): Stored {
  const template = isObject(spec.template) ? spec.template : {};
  const metadata = isObject(template.metadata) ? template.metadata : {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: owner.metadata.namespace,
      labels: metadata.labels,
      annotations: { owner: ownerOf(owner) },
    },
    spec: template.spec,
  };
}

function podStatus(pod: Stored, fate: Fate, up: boolean): object {
  const spec = isObject(pod.spec) && Array.isArray(pod.spec.containers) ? pod.spec.containers.filter(isObject) : [];
  const isJob = String((pod.metadata.annotations as { owner?: string }).owner).startsWith("Job/");
  if (fate.is === "unschedulable") {
    return {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: fate.message }],
    };
  }
  const waiting =
    fate.is === "waiting" ? { reason: fate.reason, message: fate.message } : { reason: "ContainerCreating" };
  const ended =
    fate.is === "waiting" && fate.exitCode !== undefined
      ? { terminated: { exitCode: fate.exitCode, reason: "Error" } }
      : {};
  return {
    phase: up ? (isJob ? "Succeeded" : "Running") : "Pending",
    conditions: [{ type: "Ready", status: up && !isJob ? "True" : "False" }],
    containerStatuses: spec.map(({ name, image }) => ({
      name,
      image,
      ready: up,
      restartCount: fate.is === "waiting" ? (fate.restarts ?? 0) : 0,
      state: up ? { running: {} } : { waiting },
      lastState: ended,
    })),
  };
}

function event(
  store: ObjectStore,
  about: Stored,
  { type, reason, message }: { type: string; reason: string; message: string },
): void {
  const { name, namespace } = about.metadata;
  store.put("events", {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${String(name)}.${randomUUID().slice(0, 8)}`, namespace },
    involvedObject: { kind: about.kind, name, namespace },
    type,
    reason,
    message,
    lastTimestamp: new Date().toISOString(),
  });
}
