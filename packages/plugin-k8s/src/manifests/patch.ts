import { isObject, NoetlError } from "@noetl/core";
import type { K8sConfig } from "../config/index.ts";
import type { Manifest } from "./manifest.ts";

export type Patch = K8sConfig["patches"][number];

/**
 * Merge patches of the configuration (RFC 7396): objects are joined, null takes a key away, lists are replaced. Meaning
 * `validation`: a patch that fits no object would be ignored in silence.
 */
export function patched(manifests: readonly Manifest[], patches: readonly Patch[]): Manifest[] {
  for (const patch of patches) {
    if (manifests.some((manifest) => fits(manifest, patch))) continue;
    const { kind, name } = patch.target;
    const names = manifests.flatMap((each) => (each.kind === kind ? (each.metadata?.name ?? []) : []));
    throw new NoetlError("validation", "E_K8S_PATCH", `patches: there is no ${kind} '${name}'`, {
      hint: names.length > 0 ? `there are: ${names.join(", ")}` : "kinds are written as in Kubernetes: Deployment",
    });
  }
  return manifests.map((manifest) =>
    patches.reduce<Manifest>(
      (found, patch) => (fits(manifest, patch) ? (merge(found, patch.merge) as Manifest) : found),
      manifest,
    ),
  );
}

/** Is a patch about this object? */
export function fits(manifest: Manifest, { target }: Patch): boolean {
  return manifest.kind === target.kind && pattern(target.name).test(manifest.metadata?.name ?? "");
}

function merge(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const found: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [key, each] of Object.entries(patch)) {
    if (each === null) delete found[key];
    else found[key] = merge(found[key], each);
  }
  return found;
}

const pattern = (name: string): RegExp =>
  new RegExp(
    `^${name
      .split("*")
      .map((part) => part.replaceAll(/[.+?^$()|[\]\\{}]/g, "\\$&"))
      .join(".*")}$`,
  );
