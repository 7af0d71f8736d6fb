import { isObject, NoetlError } from "@noetl/core";
import { type Kubectl, type KubeObject, objectsOf } from "../cluster/kubectl.ts";
import { hasKeda } from "../deploy/preflight.ts";

/** Meaning `conflict`: KEDA would set the number back at once. */
export async function requireUnscaled(kubectl: Kubectl, { metadata }: KubeObject): Promise<void> {
  if (!(await hasKeda(kubectl))) return;
  const { namespace = "default", name } = metadata;
  const scaled = objectsOf(await kubectl.json(["get", "scaledobjects", "-n", namespace])).find(({ spec }) => {
    const target = isObject(spec) && isObject(spec.scaleTargetRef) ? spec.scaleTargetRef.name : undefined;
    return target === name;
  });
  if (!scaled) return;
  throw new NoetlError("conflict", "KEDA_SCALES", `KEDA scales ${name} (ScaledObject ${scaled.metadata.name})`, {
    hint: "change scale.min and scale.max of the pool in noetl.k8s.yaml, then deploy",
  });
}
