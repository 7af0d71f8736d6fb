import { setTimeout } from "node:timers/promises";
import { isNoetlError } from "@noetl/core";
import { kubectlFailure } from "../cluster/failure.ts";
import { type Kubectl, type KubeObject, objectsOf } from "../cluster/kubectl.ts";
import { list } from "../deploy/pods.ts";
import type { Role } from "./roles.ts";

export interface LogLine {
  pod: string;
  container: string;
  text: string;
}

export interface LogOptions {
  tail: number;
  since?: string | undefined;
  previous: boolean;
  container?: string | undefined;
}

/** How often new pods are looked for, ms. */
const LOOK_MS = 2_000;
/** kubectl refuses more streams at a time than it is told. */
const MOST_PODS = 200;

function argumentsFor({ tail, since, previous, container }: LogOptions): string[] {
  return [
    "--prefix",
    `--tail=${tail}`,
    ...(container === undefined ? ["--all-containers"] : ["-c", container]),
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(previous ? ["--previous"] : []),
  ];
}

/** The last lines of all pods of a role. Meaning `not_found` when there are none. */
export async function readLogs(
  kubectl: Kubectl,
  role: Role,
  options: LogOptions,
  onLine: (line: LogLine) => void,
): Promise<void> {
  const { selector, namespace } = role;
  const args = ["logs", "-n", namespace, "-l", selector, `--max-log-requests=${MOST_PODS}`, ...argumentsFor(options)];
  await kubectl.run(args, { reads: true, onLine: (line, from) => from === "stdout" && onLine(lineOf(line)) });
}

/**
 * The lines of all pods of a role as they are written, until the signal. Pods that come later are followed, too: through a
 * roll-out and after a container was started anew.
 */
export async function followLogs(
  kubectl: Kubectl,
  role: Role,
  options: LogOptions & { signal: AbortSignal; lookMs?: number; note(text: string): void },
  onLine: (line: LogLine) => void,
): Promise<void> {
  const { signal, lookMs = LOOK_MS, note } = options;
  const followed = new Map<string, { restarts: number; open: boolean }>();
  const streams = new Set<Promise<void>>();
  let first = true;
  while (!signal.aborted) {
    for (const pod of await startedPods(kubectl, role)) {
      const name = pod.metadata.name;
      const known = followed.get(name);
      if (known?.open) continue;
      const restarts = restartsOf(pod);
      // What broke off goes on where it was; a new pod or container is shown from its first line.
      const from = first
        ? options
        : known?.restarts === restarts
          ? { ...options, tail: -1, since: "5s" }
          : { ...options, tail: -1 };
      const entry = { restarts, open: true };
      followed.set(name, entry);
      if (!first) note(`now also ${name}`);
      const stream = followPod(kubectl, role.namespace, name, from, { signal, onLine, note }).finally(() => {
        entry.open = false;
        streams.delete(stream);
      });
      streams.add(stream);
    }
    first = false;
    await setTimeout(lookMs, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(streams);
}

async function followPod(
  kubectl: Kubectl,
  namespace: string,
  pod: string,
  options: LogOptions,
  { onLine, note }: { signal: AbortSignal; onLine(line: LogLine): void; note(text: string): void },
): Promise<void> {
  const args = ["logs", pod, "-f", "-n", namespace, ...argumentsFor(options)];
  try {
    const ended = await kubectl.attempt(args, {
      reads: true,
      forget: true,
      onLine: (line, from) => (from === "stdout" ? onLine(lineOf(line)) : note(line)),
    });
    if (ended.code !== 0 && ended.stderr !== "")
      note(kubectlFailure(kubectl.argv(args), ended, kubectl.context).message);
  } catch (error) {
    if (!isNoetlError(error) || error.meaning !== "cancelled") throw error;
  }
}

/** Pods whose containers have something to say. Meaning `unavailable` and so on when the cluster does not answer. */
async function startedPods(kubectl: Kubectl, { selector, namespace }: Role): Promise<KubeObject[]> {
  try {
    const pods = objectsOf(await kubectl.json(["get", "pods", "-n", namespace, "-l", selector]));
    return pods.filter((pod) =>
      ["Running", "Succeeded", "Failed"].includes(String((pod.status as { phase?: unknown }).phase)),
    );
  } catch (error) {
    if (isNoetlError(error) && error.meaning === "cancelled") return [];
    throw error;
  }
}

function restartsOf({ status }: KubeObject): number {
  const containers = list((status as { containerStatuses?: unknown } | undefined)?.containerStatuses);
  return containers.reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0);
}

/** kubectl writes `[pod/NAME/CONTAINER] text`. */
export function lineOf(line: string): LogLine {
  const [, pod = "", container = "", text = line] = /^\[pod\/([^/\]]+)\/([^\]]+)\] ?(.*)$/.exec(line) ?? [];
  return { pod, container, text };
}
