import { parseDuration } from "@noetl/core";
import { Args, Flags, NoetlError } from "@noetl/sdk";
import { waitForRollout } from "../../deploy/rollout.ts";
import { changeFlags } from "../../flags.ts";
import { K8sCommand } from "../../k8s-command.ts";
import { roleOf } from "../../observe/roles.ts";
import { requireUnscaled } from "../../scale/keda.ts";

export default class K8sScale extends K8sCommand {
  static override description =
    "Changes how many pods a part has, until the next deploy: that goes back to what noetl.k8s.yaml says. Pools that KEDA scales are refused.";
  static override examples = ["<%= config.bin %> k8s scale worker 5", "<%= config.bin %> k8s scale server 2 --no-wait"];
  static override args = {
    role: Args.string({ required: true, ignoreStdin: true, description: "part of NoETL, or the name of a pool" }),
    replicas: Args.integer({ required: true, ignoreStdin: true, min: 0, description: "how many pods" }),
  };
  static override flags = {
    "no-wait": Flags.boolean({ description: "do not wait until they run" }),
    "wait-timeout": Flags.string({ default: "180s", helpValue: "180s", description: "how long they may take" }),
    ...changeFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(K8sScale);
    return this.withTools(flags, async (tools) => {
      const { config, context, kubectl } = await this.placeToChange(flags, tools, "scale");
      const dryRun = flags["dry-run"] === true;
      const { namespace, workloads, name } = roleOf(config, args.role);
      const [workload, ...others] = workloads.filter(({ kind }) => kind === "Deployment");
      if (!workload || others.length > 0) {
        const names = workloads.map(({ metadata }) => metadata.name).join(", ");
        throw new NoetlError("validation", "SCALE_TARGET", `'${name}' is not one Deployment: ${names}`, {
          hint: workload ? "name one of them" : "only server and workers can be scaled",
        });
      }
      if (!dryRun) await requireUnscaled(kubectl, workload);
      const target = `deployment/${workload.metadata.name}`;
      await kubectl.run(["scale", target, `--replicas=${args.replicas}`, "-n", namespace]);
      if (!flags["no-wait"]) {
        await waitForRollout(kubectl, [workload], {
          timeoutSeconds: Math.ceil(parseDuration(flags["wait-timeout"]) / 1_000),
          progress: this.progress(dryRun),
          title: `wait for ${target}`,
          dryRun,
        });
      }
      if (!dryRun) this.show(`${target} of context ${context.name} has ${args.replicas} pods`);
      const document = { context: context.name, namespace, workload: target, replicas: args.replicas, dry_run: dryRun };
      return { ...document, ...(dryRun && { commands: tools.lines }) };
    });
  }
}
