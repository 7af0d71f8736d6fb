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
  for (const { metadata } of namespaces) {
    await kubectl.run(["wait", "--for=jsonpath={.status.phase}=Active", `ns/${metadata.name}`, "--timeout=30s"]);
  }
}

async function allThere(kubectl: Kubectl, namespaces: readonly KubeObject[]): Promise<boolean> {
  for (const { metadata } of namespaces) {
    const { code } = await kubectl.attempt(["get", "namespace", metadata.name], { reads: true });
    if (code !== 0) return false;
  }
  return true;
}
