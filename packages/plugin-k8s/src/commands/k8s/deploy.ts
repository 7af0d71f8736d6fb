import { Flags } from "@noetl/sdk";
import { engineFlag } from "../../build/flags.ts";
import { tagFolder } from "../../build/project.ts";
import { rolloutFlags } from "../../deploy/flags.ts";
import { DeployCommand } from "../../deploy-command.ts";
import { changeFlags } from "../../flags.ts";
import { chooseImage } from "../../image/choose.ts";

export default class K8sDeploy extends DeployCommand {
  static override description =
    "Brings a cluster to what noetl.k8s.yaml says: loads the image into kind or minikube, applies everything with server-side apply, brings the schema up to date and waits until all pods run. Only clusters of this machine (kind-*, minikube, docker-desktop, or those of NOETL_ALLOWED_KUBE_CONTEXTS) are touched; others need --context and --yes. The current context of kubectl is never switched.";
  static override examples = [
    "<%= config.bin %> k8s deploy",
    "<%= config.bin %> k8s deploy --tag 20260301-101500-1a2b3c4 --diff",
    "<%= config.bin %> k8s deploy --context prod --yes --atomic --image-ref ghcr.io/acme/noetl:1.4.0",
    "<%= config.bin %> k8s deploy --dry-run",
  ];
  static override flags = {
    tag: Flags.string({
      exclusive: ["image-ref"],
      description: "tag of local/noetl; the last one built when not given",
    }),
    "image-ref": Flags.string({ description: "image with registry, name and tag" }),
    engine: engineFlag,
    ...rolloutFlags,
    ...changeFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sDeploy);
    return this.withTools(flags, async (tools) => {
      const place = await this.placeToChange(flags, tools, "deploy");
      const image = await chooseImage({
        imageRef: flags["image-ref"],
        tag: flags.tag,
        configured: place.config.image.ref,
        folder: tagFolder(tools.cwd),
      });
      const deployed = await this.deployImage(image, place, flags, tools);
      const dryRun = flags["dry-run"] === true;
      return { ...deployed, dry_run: dryRun, ...(dryRun && { commands: tools.lines }) };
    });
  }
}
