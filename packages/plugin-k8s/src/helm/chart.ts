import type { K8sConfig } from "../config/index.ts";
import { type Derived, type Manifest, manifests } from "../manifests/index.ts";
import { fits, patched } from "../manifests/patch.ts";
import { yamlText } from "../manifests/print.ts";
import { emitted, whenText } from "./emit.ts";
import { reference } from "./expression.ts";
import { derivedMark } from "./marks.ts";
import { notes } from "./notes.ts";
import { type Condition, type Tree, treeOf, varied } from "./tree.ts";
import { type Values, valuesOf, withValue } from "./values.ts";
import { valuesSchema, valuesText } from "./values-file.ts";

/** Path within the folder of the chart → text. */
export type Files = ReadonlyMap<string, string>;

/**
 * A Helm chart of a configuration. Nothing is written twice: the templates are the manifests themselves, rendered with marks
 * in the place of the values an installation may change, and once more with every switch off.
 */
export function chart(config: K8sConfig, { version }: { version: string }): Files {
  const values = valuesOf(config);
  const documents = documentsOf(config, values);
  const templates = documents.map(({ file, when, tree }): [string, string] => {
    const text = emitted(tree, values.marks);
    return [`templates/${file}`, when.length === 0 ? text : `{{- if ${whenText(when)} }}\n${text}{{- end }}\n`];
  });
  const used = usedOf(values, templates.map(([, text]) => text).join("\n"));
  return new Map([
    ["Chart.yaml", yamlText(about(config, version))],
    ["values.yaml", valuesText(used)],
    ["values.schema.json", `${JSON.stringify(valuesSchema(used), null, 2)}\n`],
    ["templates/NOTES.txt", notes(config)],
    ...templates.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

interface Template {
  file: string;
  when: Condition[];
  tree: Tree;
}

function documentsOf(config: K8sConfig, { marks, switches, marked }: Values): Template[] {
  const derived: Derived = {
    digest: (of) => derivedMark(of),
    version: (image) => derivedMark(`version ${marks.find(({ stand }) => stand === image)?.path ?? "image.ref"}`),
    managedBy: derivedMark("manager"),
  };
  // What a switch takes away cannot be patched.
  const rendered = (each: K8sConfig) => {
    const plain = manifests({ ...each, patches: [] }, derived).filter(
      ({ metadata }) => metadata?.name !== marked.namespace,
    );
    return patched(
      plain,
      config.patches.filter((patch) => plain.some((manifest) => fits(manifest, patch))),
    );
  };
  let templates = rendered(marked)
    .map(kept)
    .map((manifest): Template & { key: string } => ({
      key: keyOf(manifest),
      file: fileOf(manifest),
      when: [],
      tree: treeOf(manifest),
    }));
  for (const { path, off } of switches) {
    const without = new Map(
      rendered(withValue(marked, path, off))
        .map(kept)
        .map((each) => [keyOf(each), each]),
    );
    templates = templates.map((template) => {
      const other = without.get(template.key);
      if (other) return { ...template, tree: varied(template.tree, other, path) };
      return { ...template, when: [...template.when, { path, on: true }] };
    });
  }
  return templates;
}

/** Data outlives the release: what holds it stays when it is uninstalled. */
function kept(manifest: Manifest): Manifest {
  if (manifest.kind !== "Namespace" && manifest.kind !== "PersistentVolumeClaim") return manifest;
  const annotations = { ...manifest.metadata?.annotations, "helm.sh/resource-policy": "keep" };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

const keyOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata?.namespace} ${metadata?.name}`;

/** `deployment-noetl-server.yaml`; what is computed in a name is not part of the file's. */
function fileOf({ kind, metadata }: Manifest): string {
  const name = (metadata?.name ?? "").replace(/-?zd-.+?-dz/, "");
  return `${kind.toLowerCase()}-${name}.yaml`;
}

/** Values that stand in some template; the others would do nothing. */
function usedOf({ values }: Values, text: string): ReadonlyMap<string, unknown> {
  return new Map(
    [...values].filter(([path]) => {
      const at = reference(path).replaceAll(/[.+?^$()|[\]\\{}]/g, "\\$&");
      return new RegExp(`${at}(?![\\w.])`).test(text);
    }),
  );
}

function about(config: K8sConfig, version: string) {
  return {
    apiVersion: "v2",
    name: "noetl",
    description: `NoETL on Kubernetes, made from the ${config.profile} profile`,
    type: "application",
    version,
    appVersion: version,
    kubeVersion: ">=1.27.0-0",
    home: "https://github.com/noetl/noetl",
  };
}
