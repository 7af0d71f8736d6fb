import { isNoetlError } from "@noetl/core";
import { type Kubectl, type KubeObject, objectsOf } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import { nameOf, objects, stream } from "../deploy/objects.ts";
import { hasKeda } from "../deploy/preflight.ts";

export interface RemoveOptions {
  config: K8sConfig;
  /** volumes and Secrets too */
  purgeData: boolean;
  /** the PostgreSQL and NATS of a development cluster too */
  withDeps: boolean;
  dryRun: boolean;
}

export interface Removed {
  removed: string[];
  kept: string[];
}

const DATA = new Set(["PersistentVolumeClaim", "PersistentVolume", "Secret"]);

/** What a removal deletes and what it leaves (§2.3). Namespaces go only with all that is in them. */
export function removalOf(
  all: readonly KubeObject[],
  { purgeData, withDeps }: Pick<RemoveOptions, "purgeData" | "withDeps">,
) {
  const goes = ({ kind, metadata }: KubeObject) => {
    if (kind === "Namespace") return purgeData && withDeps;
    if (isDependency(metadata.labels) && !withDeps) return false;
    return purgeData || !DATA.has(kind);
  };
  return { goes: all.filter(goes), stays: all.filter((object) => !goes(object)) };
}

const isDependency = (labels: KubeObject["metadata"]["labels"]): boolean =>
  ["postgres", "nats"].includes(labels?.["app.kubernetes.io/name"] ?? "");

/** Deletes; what is not there is no error. */
export async function remove(kubectl: Kubectl, options: RemoveOptions): Promise<Removed> {
  const { config, purgeData, withDeps, dryRun } = options;
  const all = objects(config);
  const keda = dryRun || !all.some(({ kind }) => kind === "ScaledObject") || (await hasKeda(kubectl));
  const { goes, stays } = removalOf(
    all.filter(({ kind }) => keda || kind !== "ScaledObject"),
    options,
  );
  // Deployments first, or pods without their configuration would be started anew.
  const inOrder = goes.toReversed();
  const namespaces = inOrder.filter(({ kind }) => kind === "Namespace");
  const rest = inOrder.filter(({ kind }) => kind !== "Namespace");
  const removed = await deleteAll(kubectl, rest);
  removed.push(...(await removeOldJobs(kubectl, config, dryRun)));
  if (purgeData) {
    const keys = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: config.secrets.keys, namespace: config.namespace },
    };
    removed.push(...(await deleteAll(kubectl, [keys])));
    if (withDeps) removed.push(...(await removeClaims(kubectl, rest)));
  }
  removed.push(...(await deleteAll(kubectl, namespaces)));
  return { removed, kept: stays.map(nameOf) };
}

async function deleteAll(kubectl: Kubectl, goes: readonly KubeObject[]): Promise<string[]> {
  if (goes.length === 0) return [];
  // Names suffice, and say more to whoever reads a dry run.
  const named = goes.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  }));
  const { stdout } = await kubectl.run(["delete", "--ignore-not-found", "-f", "-"], { input: stream(named) });
  return [...stdout.matchAll(/^(\S+) "(\S+)" deleted/gm)].map(
    ([, kind = "", name = ""]) => `${kind.split(".")[0]}/${name}`,
  );
}

/** Those of former images have other names (they cannot be changed). */
async function removeOldJobs(kubectl: Kubectl, { namespace }: K8sConfig, dryRun: boolean): Promise<string[]> {
  const args = ["-n", namespace, "-l", "app.kubernetes.io/part-of=noetl,app.kubernetes.io/component=migration"];
  if (!dryRun) {
    const found = await kubectl.json(["get", "jobs", ...args]).catch((error: unknown) => {
      if (isNoetlError(error) && error.code === "KUBE_NOT_FOUND") return undefined;
      throw error;
    });
    if (objectsOf(found).length === 0) return [];
  }
  const { stdout } = await kubectl.run(["delete", "jobs", ...args, "--ignore-not-found"]);
  return [...stdout.matchAll(/^\S+ "(\S+)" deleted/gm)].map(([, name = ""]) => `job/${name}`);
}

/** A StatefulSet leaves the claims it made. */
async function removeClaims(kubectl: Kubectl, goes: readonly KubeObject[]): Promise<string[]> {
  const removed: string[] = [];
  for (const { kind, metadata } of goes) {
    if (kind !== "StatefulSet") continue;
    const args = [
      "delete",
      "pvc",
      "-n",
      metadata.namespace ?? "default",
      "-l",
      `app=${metadata.name}`,
      "--ignore-not-found",
    ];
    const { stdout } = await kubectl.run(args);
    removed.push(
      ...[...stdout.matchAll(/^\S+ "(\S+)" deleted/gm)].map(([, name = ""]) => `persistentvolumeclaim/${name}`),
    );
  }
  return removed;
}
