import { resolve } from "node:path";
import { NoetlError } from "@noetl/core";
import { BaseCommand, Flags } from "@noetl/sdk";
import { configFlags, configSources, loadConfig, overlaySchema, PLACEHOLDER_IMAGE } from "../../config/index.ts";
import { kindConfig, takenPorts } from "../../kind/index.ts";
import { jsonList, manifests, type Part, partOf, yamlStream, yamlText } from "../../manifests/index.ts";

const FORMATS = ["yaml", "json", "helm", "kind", "schema"] as const;
const PARTS: readonly Part[] = ["noetl", "postgres", "nats"];

export default class K8sRender extends BaseCommand {
  static override description =
    "Prints what NoETL is on Kubernetes, or writes a Helm chart of it. The same configuration gives the same text. Keys and passwords that matter are named, never printed.";
  static override examples = [
    "<%= config.bin %> k8s render --image-ref local/noetl:TAG | kubectl apply -f -",
    "<%= config.bin %> k8s render --profile production --image-ref ghcr.io/noetl/noetl:1.2.3",
    "<%= config.bin %> k8s render --profile production --format helm --dir chart",
    "<%= config.bin %> k8s render --format kind | kind create cluster --config -",
    "<%= config.bin %> k8s render --format schema > noetl.k8s.schema.json",
  ];
  static override rows = "objects";
  static override flags = {
    ...configFlags,
    format: Flags.option({ options: FORMATS })({
      default: "yaml" as const,
      description: "manifests, a Helm chart, a kind cluster to try them in, or the schema of noetl.k8s.yaml",
    }),
    only: Flags.option({ options: PARTS })({
      multiple: true,
      multipleNonGreedy: true,
      description: "only NoETL itself, or only the managed database or broker",
    }),
    dir: Flags.string({ char: "d", helpValue: "DIR", description: "folder of the chart, with --format helm" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sRender);
    const { format, only, dir } = flags;
    if (dir !== undefined && format !== "helm") {
      throw new NoetlError("validation", "E_FLAGS", "--dir is the folder of a chart", { hint: "add --format helm" });
    }
    if (only !== undefined && format !== "yaml" && format !== "json") {
      throw new NoetlError("validation", "E_FLAGS", `--only chooses manifests, not parts of ${format}`, {
        hint: "leave it out, or choose --format yaml",
      });
    }
    const config = await loadConfig(configSources(flags, process.cwd()));
    const about = { format, profile: config.profile, namespace: config.namespace };
    if (config.image.ref === PLACEHOLDER_IMAGE && format !== "schema" && format !== "kind") {
      this.note(
        `no image is named, so ${PLACEHOLDER_IMAGE} stands in its place: --image-ref, or image.ref in noetl.k8s.yaml`,
      );
    }
    switch (format) {
      case "schema": {
        const schema = overlaySchema();
        this.show(JSON.stringify(schema, null, 2));
        return { ...about, objects: [schema] };
      }
      case "kind": {
        const cluster = kindConfig(config);
        this.show(yamlText(cluster));
        for (const port of await takenPorts(cluster))
          this.note(`port ${port} of this machine is taken: see kind in noetl.k8s.yaml`);
        return { ...about, objects: [cluster] };
      }
      case "helm": {
        const { chart, writeFiles } = await import("../../helm/index.ts");
        const files = chart(config, { version: this.config.version });
        const folder = dir ?? "noetl-chart";
        await writeFiles(resolve(folder), files);
        this.show(
          `${folder}: a chart of ${files.size} files\nhelm install noetl ${folder} -n ${config.namespace} --create-namespace`,
        );
        return { ...about, folder, objects: [...files.keys()].map((file) => ({ file })) };
      }
      default: {
        const objects = manifests(config).filter((each) => only === undefined || only.includes(partOf(each)));
        if (objects.length === 0) this.note(`${only?.join(" and ")}: nothing of it is in this configuration`);
        if (this.format === "name") {
          for (const { kind, metadata } of objects)
            await this.emit({ name: `${kind.toLowerCase()}/${metadata?.name}` });
          return undefined;
        }
        this.show(format === "json" ? jsonList(objects) : yamlStream(objects));
        return { ...about, objects };
      }
    }
  }
}
