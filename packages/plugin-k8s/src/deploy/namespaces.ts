import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import { apply, isForbidden } from "./apply.ts";

/** Makes the namespaces and waits until they are active. Who may not change one that is there goes on with it as it is. */
export async function ensureNamespaces(
  kubectl: Kubectl,
  namespaces: readonly KubeObject[],
  { forceConflicts, dryRun, note }: { forceConflicts: boolean; dryRun: boolean; note(text: string): void },
): Promise<void> {
  try {
    await apply(kubectl, namespaces, { forceConflicts });
  } catch (error) {
    if (dryRun || !isForbidden(error) || !(await allThere(kubectl, namespaces))) throw error;
    note("the namespaces may not be changed; they are there, and stay as they are");
    return;
  }
  const names = namespaces.map(({ metadata }) => `ns/${metadata.name}`);
  await kubectl.run(["wait", "--for=jsonpath={.status.phase}=Active", ...names, "--timeout=30s"]);
}

async function allThere(kubectl: Kubectl, namespaces: readonly KubeObject[]): Promise<boolean> {
  const names = namespaces.map(({ metadata }) => metadata.name);
  const { code } = await kubectl.attempt(["get", "namespace", ...names], { reads: true });
  return code === 0;
}
