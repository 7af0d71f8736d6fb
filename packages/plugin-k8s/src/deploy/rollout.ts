import { setTimeout } from "node:timers/promises";
import { isNoetlError, isObject, NoetlError } from "@noetl/core";
import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import { nameOf, type Workload } from "./objects.ts";
import { isHopeless, list, podsOf, troubleOf, troubleText } from "./pods.ts";
import type { Progress, Say } from "./progress.ts";
import { namespacesOf } from "./stages.ts";

/** How often pods are looked at, ms. */
const LOOK_MS = 1_500;

export interface RolloutOptions {
  timeoutSeconds: number;
  progress: Progress;
  title: string;
  dryRun: boolean;
}

/**
 * Waits until workloads run in the revision they were given, and Jobs have ended. Meanwhile it says what keeps pods from
 * being ready, and gives up at once on what cannot get better. Meaning `terminal`: code `ROLLOUT_FAILED`.
 */
export async function waitForRollout(
  kubectl: Kubectl,
  workloads: readonly Workload[],
  options: RolloutOptions,
): Promise<void> {
  if (workloads.length === 0) return;
  const ended = new AbortController();
  const sayings = new Map<Workload, Say>();
  const troubles = new Map<Workload, string>();
  const watched = options.dryRun ? undefined : watch(kubectl, workloads, { sayings, troubles, ended });
  try {
    await options.progress.together(
      options.title,
      workloads.map((workload) => ({
        title: nameOf(workload),
        work: async (say) => {
          sayings.set(workload, say);
          const reason = () => troubles.get(workload);
          await waitFor(kubectl, workload, { ...options, say, reason, signal: ended.signal });
        },
      })),
    );
  } catch (error) {
    throw isNoetlError(ended.signal.reason) ? ended.signal.reason : error;
  } finally {
    ended.abort();
    await watched;
  }
}

async function waitFor(
  kubectl: Kubectl,
  workload: Workload,
  {
    timeoutSeconds,
    say,
    reason,
    signal,
  }: RolloutOptions & {
    say: Say;
    reason(): string | undefined;
    signal: AbortSignal;
  },
): Promise<void> {
  const { namespace = "default" } = workload.metadata;
  const name = nameOf(workload);
  const verb = workload.kind === "Job" ? ["wait", "--for=condition=complete", name] : ["rollout", "status", name];
  const result = await kubectl.attempt([...verb, "-n", namespace, `--timeout=${timeoutSeconds}s`], {
    signal,
    onLine: (line) => say(line.replace(/^Waiting for .*? to finish: /, "").replace(/\.\.\.$/, "")),
  });
  if (result.code === 0) return;
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").at(-1) ?? "";
  const why = reason();
  const end = `${said.replace(/^error: /, "")}${why === undefined ? "" : `; ${why}`}`;
  throw new NoetlError("terminal", "ROLLOUT_FAILED", `${name} did not come up: ${end}`);
}

/** Looks at the pods again and again until `ended`; ends it itself, with the reason, when waiting is in vain. */
async function watch(
  kubectl: Kubectl,
  workloads: readonly Workload[],
  watching: { sayings: ReadonlyMap<Workload, Say>; troubles: Map<Workload, string>; ended: AbortController },
): Promise<void> {
  const { ended } = watching;
  const namespaces = namespacesOf(workloads);
  while (!ended.signal.aborted) {
    await setTimeout(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    for (const namespace of namespaces) {
      if (ended.signal.aborted) return;
      // Who may not look at pods still learns from the rollout itself; after Ctrl-C that fails, too.
      const seen = await kubectl
        .glimpse(["get", "pods,jobs", "-n", namespace], { signal: ended.signal })
        .catch((error: unknown) => {
          if (isNoetlError(error) && error.meaning === "cancelled") return [];
          throw error;
        });
      const verdict = workloads.flatMap((workload) => look(workload, seen, watching) ?? [])[0];
      if (verdict) ended.abort(verdict);
    }
  }
}

/** Says what is wrong with the pods of a workload; an error when it cannot get better. */
function look(
  workload: Workload,
  seen: readonly KubeObject[],
  { sayings, troubles: known }: { sayings: ReadonlyMap<Workload, Say>; troubles: Map<Workload, string> },
): NoetlError | undefined {
  const failed = (why: string) =>
    new NoetlError("terminal", "ROLLOUT_FAILED", `${nameOf(workload)} does not come up: ${why}`);
  const job = seen.find(
    ({ kind, metadata }) => kind === "Job" && workload.kind === "Job" && metadata.name === workload.metadata.name,
  );
  const end = list(isObject(job?.status) ? job.status.conditions : undefined).find(
    ({ type, status }) => type === "Failed" && status === "True",
  );
  if (end) return failed(`${String(end.reason ?? "it failed")}: ${String(end.message ?? "")}`);
  const troubles = podsOf(
    workload,
    seen.filter(({ kind }) => kind === "Pod"),
  ).flatMap((pod) => troubleOf(pod) ?? []);
  const [first] = troubles;
  if (first) {
    sayings.get(workload)?.(troubleText(first));
    known.set(workload, troubleText(first));
  } else known.delete(workload);
  const hopeless = troubles.find(isHopeless);
  return hopeless && failed(troubleText(hopeless));
}
