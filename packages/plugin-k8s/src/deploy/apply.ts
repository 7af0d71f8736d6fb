import { isNoetlError, NoetlError } from "@noetl/core";
import { kubectlFailure } from "../cluster/failure.ts";
import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import { stream } from "./objects.ts";

/** Who owns the fields we set (server-side apply). */
export const FIELD_MANAGER = "noetl";

export interface ApplyOptions {
  forceConflicts: boolean;
  /** the number of replicas was set by hand and goes back to what the configuration says */
  onScaleReset?(): void;
}

/** Server-side apply in one call. A failure names what was applied before it: kubectl goes on after an object that fails. */
export async function apply(kubectl: Kubectl, objects: readonly KubeObject[], options: ApplyOptions): Promise<void> {
  if (objects.length === 0) return;
  const args = (force: boolean) => [
    "apply",
    "--server-side",
    `--field-manager=${FIELD_MANAGER}`,
    ...(force ? ["--force-conflicts"] : []),
    "-f",
    "-",
  ];
  const input = stream(objects);
  let force = options.forceConflicts;
  let ended = await kubectl.attempt(args(force), { input });
  if (ended.code !== 0 && onlyReplicas(ended.stderr)) {
    force = true;
    options.onScaleReset?.();
    ended = await kubectl.attempt(args(force), { input });
  }
  if (ended.code === 0) return;
  const error = kubectlFailure(kubectl.argv(args(force)), ended, kubectl.context);
  const applied = [...ended.stdout.matchAll(/^(\S+) serverside-applied/gm)].map(([, name = ""]) => name);
  const rest = objects.length - applied.length;
  const state =
    applied.length === 0
      ? "nothing was applied"
      : `${applied.length} of ${objects.length} objects were applied, ${rest} were not: noetl k8s deploy goes on from here`;
  throw new NoetlError(error.meaning, error.code, `${error.message}\n${state}`, { hint: error.hint });
}

/** Are all fields in dispute numbers of replicas that `kubectl scale` or `noetl k8s scale` set? */
function onlyReplicas(stderr: string): boolean {
  const fields = [...stderr.matchAll(/^- (\.\S+)$/gm)].map(([, field]) => field);
  const inline = [...stderr.matchAll(/conflict with "[^"]+"(?: with subresource "(\w+)")?[^:]*: (\.\S+)$/gm)];
  const all = [...fields, ...inline.map(([, , field]) => field)];
  return /with subresource "scale"/.test(stderr) && all.length > 0 && all.every((field) => field === ".spec.replicas");
}

/** Is this error the cluster's no? */
export function isForbidden(error: unknown): boolean {
  return isNoetlError(error) && error.code === "KUBE_FORBIDDEN";
}
