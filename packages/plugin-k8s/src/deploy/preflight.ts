import { NoetlError } from "@noetl/core";
import type { ChosenContext } from "../cluster/choose.ts";
import type { Kubectl, KubeObject } from "../cluster/kubectl.ts";
import { localKind } from "../cluster/local.ts";
import { nodePlatforms } from "../cluster/nodes.ts";
import { type ChosenImage, onThisMachineOnly } from "../image/choose.ts";
import { isForbidden } from "./apply.ts";

/** An image without a registry gets to nodes of this machine only. Meaning `validation`. */
export function requireReachableImage({ ref }: ChosenImage, context: ChosenContext): void {
  if (!onThisMachineOnly(ref) || localKind(context.name)) return;
  throw new NoetlError(
    "validation",
    "IMAGE_LOCAL",
    `the nodes of context ${context.name} cannot get ${ref}: its name has no registry`,
    { hint: "noetl build --registry HOST/PATH --push, then --image-ref; --no-load says that they have it" },
  );
}

/**
 * The image has to fit the nodes (decision 22). Meaning `validation` when it fits none; says so when it does not fit all.
 * Nothing is checked when the platform is not known, or the nodes may not be read.
 */
export async function requirePlatform(
  kubectl: Kubectl,
  { ref, build }: ChosenImage,
  note: (text: string) => void,
): Promise<void> {
  let nodes: string[];
  try {
    nodes = await nodePlatforms(kubectl);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    note("the nodes may not be read: whether the image fits them is not checked");
    return;
  }
  const built = (build?.platform ?? "").split(",").map((one) => one.split("/").slice(0, 2).join("/"));
  if (built[0] === "" || nodes.length === 0) return;
  const others = nodes.filter((one) => !built.includes(one));
  if (others.length === 0) return;
  const message = `${ref} is for ${built.join(", ")}, nodes of context ${kubectl.context} are ${[...new Set(others)].join(", ")}`;
  if (others.length < nodes.length) return note(message);
  throw new NoetlError("validation", "IMAGE_PLATFORM", message, {
    hint: `noetl build --platform ${others[0]}, then deploy again`,
  });
}

/** Meaning `validation` when the configuration wants KEDA and the cluster has none (§6). */
export async function requireKeda(kubectl: Kubectl, objects: readonly KubeObject[]): Promise<void> {
  if (!objects.some(({ kind }) => kind === "ScaledObject") || (await hasKeda(kubectl))) return;
  throw new NoetlError("validation", "KEDA_MISSING", `the cluster of context ${kubectl.context} has no KEDA`, {
    hint: "install it (keda.sh/docs/deploy), or set keda.enabled: false in noetl.k8s.yaml",
  });
}

export async function hasKeda(kubectl: Kubectl): Promise<boolean> {
  const { stdout } = await kubectl.run(["api-resources", "--api-group=keda.sh", "-o", "name"], { reads: true });
  return /^scaledobjects\./m.test(stdout);
}
