import { ensureError } from "@noetl/core";
import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import { apply } from "./apply.ts";
import { keyOf, nameOf, stream } from "./objects.ts";
import { previous, type Snapshot } from "./snapshot.ts";

export interface RolledBack {
  restored: string[];
  deleted: string[];
  /** what others had made before, or what holds data: it stays as it is now */
  kept: string[];
  /** what went wrong while going back */
  problems: string[];
}

const DATA_KINDS = new Set(["Namespace", "PersistentVolumeClaim", "PersistentVolume", "Secret", "StatefulSet"]);

/** Never deleted by going back: what holds data, and with a database or broker all that belongs to it. */
function staysAnyway({ kind, metadata }: KubeObject): boolean {
  return DATA_KINDS.has(kind) || ["postgres", "nats"].includes(metadata.labels?.["app.kubernetes.io/name"] ?? "");
}

/** `--atomic`: puts back what we had applied before, and deletes what was not there. Nothing stops it half-way. */
export async function rollBack(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  { live }: Snapshot,
): Promise<RolledBack> {
  const before = objects.flatMap((object) => {
    const found = live.get(keyOf(object));
    return found ? (previous(found) ?? []) : [];
  });
  const fresh = objects.filter((object) => !live.has(keyOf(object)) && !staysAnyway(object));
  const touched = new Set([...before, ...fresh].map(keyOf));
  const problems: string[] = [];
  const attempt = async (work: Promise<unknown>) => {
    await work.catch((error: unknown) => problems.push(ensureError(error).message));
  };
  await attempt(apply(kubectl, before, { forceConflicts: true }));
  if (fresh.length > 0) {
    await attempt(
      kubectl.run(["delete", "--ignore-not-found", "--wait=false", "-f", "-"], { input: stream(fresh.toReversed()) }),
    );
  }
  return {
    restored: before.map(nameOf),
    deleted: fresh.map(nameOf),
    kept: objects.filter((object) => !touched.has(keyOf(object))).map(nameOf),
    problems,
  };
}
