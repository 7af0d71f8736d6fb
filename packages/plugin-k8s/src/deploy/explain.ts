import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import type { Workload } from "./objects.ts";
import { isReady, podsOf, text, troubleOf, troubleText } from "./pods.ts";
import { namespacesOf } from "./stages.ts";

const LOG_LINES = 50;
/** As many pods are shown in full; the others fail for the same reason. */
const SHOWN = 3;

/** Why pods do not come up: their state, their latest events, the end of their log. Best effort: it explains another error. */
export async function explain(kubectl: Kubectl, workloads: readonly Workload[]): Promise<string> {
  const blocks: string[] = [];
  for (const namespace of namespacesOf(workloads)) {
    const pods = await kubectl.glimpse(["get", "pods", "-n", namespace]);
    const events = await kubectl.glimpse(["get", "events", "-n", namespace]);
    const mine = workloads.filter(({ metadata }) => metadata.namespace === namespace);
    const unready = mine
      .flatMap((workload) => podsOf(workload, pods))
      .filter((pod) => !isReady(pod) && !succeeded(pod));
    for (const pod of unready.slice(0, SHOWN)) blocks.push(await podText(kubectl, pod, events));
    if (unready.length > SHOWN) blocks.push(`… and ${unready.length - SHOWN} more pods that are not ready`);
    const without = mine.filter((workload) => podsOf(workload, pods).length === 0);
    for (const { kind, metadata } of without)
      blocks.push(...ownEvents(`${kind} ${metadata.name} has no pods`, kind, metadata.name, events));
  }
  return blocks.join("\n");
}

const succeeded = ({ status }: KubeObject): boolean =>
  (status as { phase?: unknown } | undefined)?.phase === "Succeeded";

async function podText(kubectl: Kubectl, pod: KubeObject, events: readonly KubeObject[]): Promise<string> {
  const { name, namespace = "default" } = pod.metadata;
  const trouble = troubleOf(pod);
  const phase = text((pod.status as { phase?: unknown } | undefined)?.phase);
  const lines = [
    `pod ${trouble ? troubleText(trouble) : `${name}: ${phase || "not ready"}`}`,
    ...eventLines("Pod", name, events),
  ];
  const args = ["logs", name, "-n", namespace, "--all-containers", `--tail=${LOG_LINES}`];
  const now = await kubectl.attempt(args, { reads: true });
  const log =
    now.code === 0 && now.stdout.trim() !== "" ? now : await kubectl.attempt([...args, "--previous"], { reads: true });
  if (log.code === 0 && log.stdout.trim() !== "") {
    lines.push(
      "  log:",
      ...log.stdout
        .trimEnd()
        .split("\n")
        .map((line) => `    ${line}`),
    );
  }
  return lines.join("\n");
}

function ownEvents(title: string, kind: string, name: string, events: readonly KubeObject[]): string[] {
  const lines = [
    ...eventLines(kind, name, events),
    ...events
      .map(involved)
      .filter((one) => one.kind === "ReplicaSet" && one.name.startsWith(`${name}-`))
      .flatMap((one) => eventLines("ReplicaSet", one.name, events)),
  ];
  return [[title, ...new Set(lines)].join("\n")];
}

function eventLines(kind: string, name: string, events: readonly KubeObject[]): string[] {
  return events
    .filter((event) => involved(event).kind === kind && involved(event).name === name)
    .slice(-5)
    .map(({ type, reason, message }) => `  ${text(type)} ${text(reason)}: ${text(message)}`);
}

function involved({ involvedObject }: KubeObject): { kind: string; name: string } {
  const { kind, name } = (involvedObject ?? {}) as { kind?: unknown; name?: unknown };
  return { kind: text(kind), name: text(name) };
}
