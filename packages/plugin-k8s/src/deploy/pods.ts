import { isObject } from "@noetl/core";
import type { KubeObject } from "../cluster/kubectl.ts";
import type { Workload } from "./objects.ts";

export interface PodTrouble {
  pod: string;
  namespace: string;
  /** container it is about; absent when the pod has no node yet */
  container?: string;
  /** the word of Kubernetes: ImagePullBackOff, CrashLoopBackOff, Unschedulable… */
  reason: string;
  message: string;
  /** how often the container was started anew */
  restarts: number;
}

/** Reasons that no waiting cures. */
const HOPELESS = new Set(["ErrImageNeverPull", "InvalidImageName"]);

/** Pods of a workload that run the image it names now: those of an older revision are on their way out. */
export function podsOf(workload: Workload, pods: readonly KubeObject[]): KubeObject[] {
  const { template, selector } = workload.spec;
  const labels = Object.entries(selector?.matchLabels ?? template.metadata?.labels ?? {});
  const images = new Set(template.spec.containers.map(({ image }) => image));
  return pods.filter(
    ({ metadata, spec }) =>
      metadata.namespace === workload.metadata.namespace &&
      labels.every(([name, value]) => metadata.labels?.[name] === value) &&
      containersOf(spec).some(({ image }) => typeof image === "string" && images.has(image)),
  );
}

const containersOf = (spec: unknown): Record<string, unknown>[] => list(isObject(spec) ? spec.containers : undefined);

/** What keeps a pod from being ready; undefined when it is, or when it is merely starting. */
export function troubleOf(pod: KubeObject): PodTrouble | undefined {
  const status = isObject(pod.status) ? pod.status : {};
  const base = { pod: pod.metadata.name, namespace: pod.metadata.namespace ?? "default" };
  for (const container of [...list(status.initContainerStatuses), ...list(status.containerStatuses)]) {
    const found = stateTrouble(container);
    if (found)
      return { ...base, container: text(container.name), restarts: Number(container.restartCount ?? 0), ...found };
  }
  const scheduled = list(status.conditions).find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (scheduled) {
    return {
      ...base,
      reason: text(scheduled.reason) || "Unschedulable",
      message: text(scheduled.message),
      restarts: 0,
    };
  }
  if (status.phase === "Failed") {
    return { ...base, reason: text(status.reason) || "Failed", message: text(status.message), restarts: 0 };
  }
  return undefined;
}

function stateTrouble({ state, lastState, ready }: Record<string, unknown>) {
  const { waiting, terminated } = isObject(state) ? state : {};
  if (isObject(waiting) && !["ContainerCreating", "PodInitializing", ""].includes(text(waiting.reason))) {
    const before = isObject(lastState) && isObject(lastState.terminated) ? lastState.terminated : undefined;
    const ended = before ? `; it ended with ${endOf(before)}` : "";
    return { reason: text(waiting.reason), message: `${text(waiting.message)}${ended}` };
  }
  if (isObject(terminated) && ready !== true && Number(terminated.exitCode) !== 0) {
    return { reason: text(terminated.reason) || "Error", message: `it ended with ${endOf(terminated)}` };
  }
  return undefined;
}

function endOf({ exitCode, reason, message }: Record<string, unknown>): string {
  const why = [text(reason), text(message)].filter((word) => word !== "" && word !== "Error").join(": ");
  return `exit code ${String(exitCode)}${why === "" ? "" : ` (${why})`}`;
}

export function isHopeless({ reason }: PodTrouble): boolean {
  return HOPELESS.has(reason);
}

export function isReady({ status }: KubeObject): boolean {
  const conditions = list(isObject(status) ? status.conditions : undefined);
  return conditions.some((one) => one.type === "Ready" && one.status === "True");
}

export function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** One line for people. */
export function troubleText({ pod, container, reason, message, restarts }: PodTrouble): string {
  const where = container === undefined ? pod : `${pod}/${container}`;
  const again = restarts > 0 ? `, started ${restarts + 1} times` : "";
  return `${where}: ${reason}${message === "" ? "" : `: ${message}`}${again}`;
}
