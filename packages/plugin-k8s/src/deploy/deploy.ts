import { isNoetlError, NoetlError } from "@noetl/core";
import type { EngineName } from "../build/engine.ts";
import type { ChosenContext } from "../cluster/choose.ts";
import { type Kubectl, type KubeObject, objectsOf as objectsIn, openKubectl } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import type { Exec } from "../exec/index.ts";
import { type ChosenImage, onThisMachineOnly } from "../image/choose.ts";
import { loaderOf, loadImage } from "../image/load.ts";
import { addresses } from "./addresses.ts";
import { apply } from "./apply.ts";
import { type Change, changesOf } from "./changes.ts";
import { explain } from "./explain.ts";
import { ensureNamespaces } from "./namespaces.ts";
import { keyOf, nameOf, objects as objectsOf, stream, type Workload } from "./objects.ts";
import { requireKeda, requirePlatform, requireReachableImage } from "./preflight.ts";
import type { Progress } from "./progress.ts";
import { rollBack } from "./rollback.ts";
import { waitForRollout } from "./rollout.ts";
import { ensureKeys, requireSecrets } from "./secrets.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { stagesOf, workloadsOf } from "./stages.ts";

export interface DeployOptions {
  config: K8sConfig;
  image: ChosenImage;
  context: ChosenContext;
  /** which one has the image */
  engine: EngineName;
  load: boolean;
  /** seconds a stage may take to come up; undefined = do not wait */
  timeoutSeconds: number | undefined;
  atomic: boolean;
  forceConflicts: boolean;
  /** delete the workloads first */
  recreate: boolean;
  dryRun: boolean;
}

export interface DeployHost {
  exec: Exec;
  /** runs on after Ctrl-C: for going back */
  afterwards: Exec;
  progress: Progress;
  note(text: string): void;
  /** what is about to change */
  changes(changes: { changes: Change[]; text: string }): void;
}

export interface Deployed {
  context: string;
  namespace: string;
  image: string;
  changes: Change[];
  restarted: string[];
  urls: string[];
}

/**
 * Brings a cluster to what the configuration says (§2.2). Meanings: `validation` before anything is touched; `auth` no
 * permission; `unavailable`; `terminal` a pod does not come up, then the reason is noted and, with `atomic`, the former
 * state put back.
 */
export async function deploy(options: DeployOptions, host: DeployHost): Promise<Deployed> {
  const { config, image, context, dryRun } = options;
  const { exec, progress, note } = host;
  const kubectl = openKubectl(exec, context.name);
  const all = objectsOf(config);
  if (options.load) requireReachableImage(image, context);
  if (!dryRun) {
    await requirePlatform(kubectl, image, note);
    await requireKeda(kubectl, all);
    await requireSecrets(kubectl, config);
  }
  await bringImage(options, host);
  const stages = stagesOf(all);
  const rest = all.filter(({ kind }) => kind !== "Namespace");
  const changes = dryRun ? [] : await announceChanges(kubectl, all, host);
  await progress.step("namespaces", () => ensureNamespaces(kubectl, stages.namespaces, { ...options, note }));
  if ((await progress.step("keys", () => ensureKeys(kubectl, config, dryRun))) && !dryRun) {
    note(`made Secret ${config.secrets.keys}: it holds the key of stored credentials, keep a copy of it`);
  }
  const before: Snapshot = dryRun ? { live: new Map() } : await takeSnapshot(kubectl, rest);
  const restarted: string[] = [];
  const reached: Workload[] = [];
  try {
    if (options.recreate) await deleteWorkloads(kubectl, stages.workloads);
    for (const stage of ["foundation", "migration", "workloads"] as const) {
      const objects = stages[stage];
      const workloads = workloadsOf(objects);
      reached.splice(0, reached.length, ...workloads);
      if (objects.length === 0) continue;
      await progress.step(`apply ${TITLES[stage]}`, () =>
        apply(kubectl, objects, {
          forceConflicts: options.forceConflicts,
          onScaleReset: () => note("the number of pods was set by hand: it goes back to what the configuration says"),
        }),
      );
      if (stage === "workloads" && !options.recreate)
        restarted.push(...(await restartUnchanged(kubectl, workloads, before)));
      if (options.timeoutSeconds === undefined) continue;
      await waitForRollout(kubectl, workloads, {
        timeoutSeconds: options.timeoutSeconds,
        progress,
        title: `wait for ${TITLES[stage]}`,
        dryRun,
      });
    }
  } catch (error) {
    await afterFailure(error, { options, host, before, objects: rest, reached });
    throw error;
  }
  const urls = dryRun ? [] : await addresses(exec, context.name, all);
  return { context: context.name, namespace: config.namespace, image: image.ref, changes, restarted, urls };
}

/** What is about to change. Who cannot be told deploys all the same. */
async function announceChanges(
  kubectl: Kubectl,
  all: readonly KubeObject[],
  { note, changes }: DeployHost,
): Promise<Change[]> {
  try {
    const found = await changesOf(kubectl, all);
    changes(found);
    return found.changes;
  } catch (error) {
    if (!isNoetlError(error) || !["DIFF_MISSING", "KUBE_FORBIDDEN"].includes(error.code)) throw error;
    note(`what changes is not known: ${error.message}`);
    return [];
  }
}

const TITLES = {
  foundation: "configuration, services and stores",
  migration: "database schema",
  workloads: "server and workers",
} as const;

async function bringImage(options: DeployOptions, { exec, progress }: DeployHost): Promise<void> {
  const { config, image, context, load, engine, dryRun } = options;
  const loader = loaderOf(context.name);
  if (!load || loader === undefined) return;
  const refs = [image.ref, config.image.worker].filter((ref) => ref !== null).filter(onThisMachineOnly);
  for (const ref of new Set(refs)) {
    await progress.step(`image ${ref} into ${loader}`, (say) =>
      loadImage(exec, { ref, engine, context: context.name, dryRun, onLine: say }),
    );
  }
}

async function deleteWorkloads(kubectl: Kubectl, objects: readonly KubeObject[]): Promise<void> {
  const deployments = objects.filter(({ kind }) => kind === "Deployment");
  for (const object of deployments) {
    await kubectl.run(["delete", nameOf(object), "-n", object.metadata.namespace ?? "default", "--ignore-not-found"]);
  }
}

/** A template that did not change starts nothing, though the image behind an equal tag may be another (§2.2). */
async function restartUnchanged(
  kubectl: Kubectl,
  workloads: readonly Workload[],
  { live }: Snapshot,
): Promise<string[]> {
  const known = workloads.filter((workload) => live.has(keyOf(workload)));
  if (known.length === 0) return [];
  const args = ["get", "-f", "-"];
  const now = objectsIn(await kubectl.json(args, { input: stream(known) }));
  const restarted: string[] = [];
  for (const object of now) {
    if (object.metadata.generation !== live.get(keyOf(object))?.metadata.generation) continue;
    await kubectl.run(["rollout", "restart", nameOf(object), "-n", object.metadata.namespace ?? "default"]);
    restarted.push(nameOf(object));
  }
  return restarted;
}

async function afterFailure(
  error: unknown,
  from: {
    options: DeployOptions;
    host: DeployHost;
    before: Snapshot;
    objects: readonly KubeObject[];
    reached: readonly Workload[];
  },
): Promise<void> {
  const { options, host, before, objects, reached } = from;
  if (options.dryRun) return;
  const kubectl = openKubectl(host.afterwards, options.context.name);
  const interrupted = isNoetlError(error) && error.meaning === "cancelled";
  if (isNoetlError(error) && error.code === "ROLLOUT_FAILED") {
    const why = await explain(kubectl, reached);
    if (why !== "") host.note(why);
  }
  if (!options.atomic) {
    if (interrupted) host.note("what was applied stays; noetl k8s deploy goes on from here");
    return;
  }
  host.note("going back to what was there before (--atomic)");
  const { restored, deleted, kept, problems } = await rollBack(kubectl, objects, before);
  host.note(
    `put back: ${restored.length} objects; deleted: ${deleted.length} that were new; left alone: ${kept.join(", ") || "none"}`,
  );
  if (problems.length === 0) return;
  throw new NoetlError("terminal", "ROLLBACK_FAILED", `going back failed: ${problems.join("; ")}`, {
    cause: error,
    hint: `see what is there: noetl k8s status --context ${options.context.name}`,
  });
}
