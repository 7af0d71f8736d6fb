import { Flags } from "@noetl/sdk";
import { buildFlags } from "../../build/flags.ts";
import { rolloutFlags } from "../../deploy/flags.ts";
import { changeFlags } from "../../flags.ts";
import { RebuildCommand } from "../../rebuild-command.ts";

export default class K8sRedeploy extends RebuildCommand {
  static override description =
    "Builds the image and deploys it: `build` and `k8s deploy` in one. Pods are replaced one after the other; --recreate deletes them first.";
  static override examples = [
    "<%= config.bin %> k8s redeploy",
    "<%= config.bin %> k8s redeploy --no-cache --platform native",
    "<%= config.bin %> k8s redeploy --recreate --dry-run",
  ];
  static override flags = {
    ...buildFlags,
    ...rolloutFlags,
    recreate: Flags.boolean({ description: "delete the pods first, in place of a rolling update" }),
    ...changeFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sRedeploy);
    return this.withTools(flags, async (tools) => {
      const place = await this.placeToChange(flags, tools, "redeploy");
      const image = await this.buildImage(flags, tools);
      const deployed = await this.deployImage(image, place, flags, tools);
      const dryRun = flags["dry-run"] === true;
      return { ...deployed, dry_run: dryRun, ...(dryRun && { commands: tools.lines }) };
    });
  }
}
