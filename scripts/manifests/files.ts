import { profiles } from "../../packages/plugin-k8s/src/config/index.ts";
import { kindConfig } from "../../packages/plugin-k8s/src/kind/index.ts";
import { type Manifest, manifests, partOf, yamlText } from "../../packages/plugin-k8s/src/manifests/index.ts";

/** Folder of what is written here; nothing else is in it. */
export const FOLDER = "deploy/k8s";

/** Path → text: the development profile, for those who have kubectl and no noetl. */
export function manifestFiles(): Map<string, string> {
  const config = profiles.development;
  const files = new Map<string, string>();
  const put = (place: string, object: unknown) =>
    files.set(
      `${FOLDER}/${place}`,
      `# Written by npm run manifests from packages/plugin-k8s/src/manifests; see docs/kubernetes.md.\n${yamlText(object)}`,
    );
  for (const object of manifests(config)) put(`${folderOf(object)}/${nameOf(object)}`, object);
  for (const object of manifests({ ...config, keda: { ...config.keda, enabled: true } })) {
    if (object.kind === "ScaledObject") put(`keda/${nameOf(object)}`, object);
  }
  put("kind/kind-config.yaml", kindConfig(config));
  return files;
}

/** Namespaces are applied first. */
const folderOf = (object: Manifest): string => (object.kind === "Namespace" ? "namespace" : partOf(object));

function nameOf({ kind, metadata }: Manifest): string {
  const name = metadata?.name?.replace(/-[0-9a-f]{10}$/, "");
  return kind === "Namespace" ? `${name}.yaml` : `${kind.toLowerCase()}-${name}.yaml`;
}
