import { NoetlError } from "@noetl/core";
import type { K8sConfig } from "../config/index.ts";
import { objects, type Workload } from "../deploy/objects.ts";
import { workloadsOf } from "../deploy/stages.ts";

/** Pods that belong together, and what runs them. */
export interface Role {
  name: string;
  namespace: string;
  /** as `kubectl -l` takes it */
  selector: string;
  workloads: Workload[];
}

const COMPONENT = "app.kubernetes.io/component";

/**
 * What a person calls a part: `server`, `worker`, `publisher`, `projector`, `system`, `migration`, `postgres`, `nats`, the
 * name of a pool or of a Deployment. Meaning `not_found`, listing what there is.
 */
export function roleOf(config: K8sConfig, word: string): Role {
  const workloads = workloadsOf(objects(config));
  const found = candidates(workloads).get(word === "api" ? "server" : word);
  if (found) return { name: word, ...found };
  throw new NoetlError("not_found", "ROLE_UNKNOWN", `'${word}' is no part of this configuration`, {
    hint: `there are: ${roleNames(config).join(", ")}`,
  });
}

export function roleNames(config: K8sConfig): string[] {
  return [...candidates(workloadsOf(objects(config))).keys()];
}

function candidates(workloads: readonly Workload[]): Map<string, Omit<Role, "name">> {
  const found = new Map<string, Omit<Role, "name">>();
  const add = (name: string | undefined, selector: string, workload: Workload) => {
    if (name === undefined) return;
    const { namespace = "default" } = workload.metadata;
    const known = found.get(name);
    if (known?.selector === selector) known.workloads.push(workload);
    else if (!known) found.set(name, { namespace, selector, workloads: [workload] });
  };
  for (const workload of workloads) {
    const { labels = {} } = workload.metadata;
    const app = labels["app.kubernetes.io/name"];
    if (app === "postgres" || app === "nats") add(app, `app.kubernetes.io/name=${app}`, workload);
    else add(labels[COMPONENT], `app.kubernetes.io/part-of=noetl,${COMPONENT}=${labels[COMPONENT]}`, workload);
  }
  for (const workload of workloads) {
    const labels = workload.spec.selector?.matchLabels ?? {};
    const selector = Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
    if (selector === "") continue;
    add(labels["worker-pool"], selector, workload);
    add(workload.metadata.name, selector, workload);
  }
  return found;
}
