import { Flags } from "@noetl/sdk";
import { tagFolder } from "../../build/project.ts";
import { toolFlags } from "../../command.ts";
import { changesOf, changeText } from "../../deploy/changes.ts";
import { objects } from "../../deploy/objects.ts";
import { clusterFlags } from "../../flags.ts";
import { chooseImage } from "../../image/choose.ts";
import { K8sCommand } from "../../k8s-command.ts";

export default class K8sDiff extends K8sCommand {
  static override description =
    "Shows what `k8s deploy` would change, as the cluster itself sees it; nothing is changed. Contents of Secrets are masked.";
  static override examples = [
    "<%= config.bin %> k8s diff",
    "<%= config.bin %> k8s diff --context prod --image-ref ghcr.io/acme/noetl:1.5.0",
  ];
  static override rows = "changes";
  static override flags = {
    tag: Flags.string({
      exclusive: ["image-ref"],
      description: "tag of local/noetl; the last one built when not given",
    }),
    "image-ref": Flags.string({ description: "image with registry, name and tag" }),
    "exit-code": Flags.boolean({ description: "exit code 1 when something would change" }),
    ...clusterFlags,
    verbose: toolFlags.verbose,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sDiff);
    return this.withTools(flags, async (tools) => {
      const { config, context, kubectl } = await this.place(flags, tools);
      const image = await chooseImage({
        imageRef: flags["image-ref"],
        tag: flags.tag,
        configured: config.image.ref,
        folder: tagFolder(tools.cwd),
      });
      const wanted = objects({ ...config, image: { ...config.image, ref: image.ref } });
      const { changes, text } = await changesOf(kubectl, wanted);
      if (text !== "") this.show(text);
      this.show(changes.length === 0 ? "nothing would change" : changes.map(changeText).join("\n"));
      if (flags["exit-code"] && changes.length > 0) this.endWith(1);
      return { context: context.name, namespace: config.namespace, image: image.ref, changes, diff: text };
    });
  }
}
