import { EXIT, NoetlError, table } from "@noetl/sdk";
import { toolFlags } from "../../command.ts";
import { objects } from "../../deploy/objects.ts";
import { troubleText } from "../../deploy/pods.ts";
import { namespacesOf } from "../../deploy/stages.ts";
import { clusterFlags } from "../../flags.ts";
import { K8sCommand } from "../../k8s-command.ts";
import { readStatus } from "../../observe/status.ts";

export default class K8sStatus extends K8sCommand {
  static override description =
    "Shows what of NoETL runs in a cluster, and what keeps pods from being ready. Exit code 1 when not everything is.";
  static override examples = ["<%= config.bin %> k8s status", "<%= config.bin %> k8s status --context prod --json"];
  static override rows = "workloads";
  static override flags = { ...clusterFlags, verbose: toolFlags.verbose };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sStatus);
    return this.withTools(flags, async (tools) => {
      const { context, config, kubectl } = await this.place(flags, tools);
      const workloads = await readStatus(kubectl, namespacesOf(objects(config)));
      if (workloads.length === 0) {
        throw new NoetlError(
          "not_found",
          "NOT_DEPLOYED",
          `nothing of NoETL is in namespace ${config.namespace} of context ${context.name}`,
          {
            hint: `${this.config.bin} k8s deploy --context ${context.name}`,
          },
        );
      }
      const { green, red } = this.paint;
      const rows = workloads.map(({ kind, name, namespace, ready, desired, ok, images }) => [
        ok ? green("✔") : red("✖"),
        `${kind.toLowerCase()}/${name}`,
        namespace,
        `${ready}/${desired}`,
        images.join(", "),
      ]);
      this.show(table(["", "workload", "namespace", "ready", "image"], rows));
      for (const trouble of workloads.flatMap(({ troubles }) => troubles)) this.show(troubleText(trouble));
      const ready = workloads.every(({ ok }) => ok);
      if (!ready) this.endWith(EXIT.failure);
      return { context: context.name, namespace: config.namespace, ready, workloads };
    });
  }
}
