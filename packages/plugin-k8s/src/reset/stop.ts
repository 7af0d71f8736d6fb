import type { Kubectl } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import { nameOf, objects } from "../deploy/objects.ts";

/** Long enough for a worker to drain. */
const PATIENCE = "180s";

/** Ends server and workers, and waits until their pods are gone: nobody may write into a schema that is being dropped. */
export async function stopWorkloads(kubectl: Kubectl, config: K8sConfig): Promise<void> {
  const names = objects(config)
    .filter(({ kind }) => kind === "Deployment")
    .map(nameOf);
  await kubectl.run([
    "delete",
    ...names,
    "-n",
    config.namespace,
    "--ignore-not-found",
    "--cascade=foreground",
    `--timeout=${PATIENCE}`,
  ]);
}
