import { Flags } from "@noetl/sdk";
import { buildFlags } from "../../build/flags.ts";
import { tagFolder } from "../../build/project.ts";
import type { Tools } from "../../command.ts";
import { rolloutFlags } from "../../deploy/flags.ts";
import { changeFlags } from "../../flags.ts";
import { chooseImage } from "../../image/choose.ts";
import type { Place } from "../../k8s-command.ts";
import { RebuildCommand } from "../../rebuild-command.ts";
import { databaseName, resetDatabase } from "../../reset/database.ts";
import { seed } from "../../reset/seed.ts";
import { stopWorkloads } from "../../reset/stop.ts";

export default class K8sReset extends RebuildCommand {
  static override description =
    "Empties the database of NoETL — executions, playbooks, credentials — and deploys anew, with a fresh image unless --skip-build. Other schemas and databases are not touched. Asks first: the name of the context has to be typed.";
  static override examples = [
    "<%= config.bin %> k8s reset",
    "<%= config.bin %> k8s reset --skip-build --yes --seed fixtures/",
    "<%= config.bin %> k8s reset --confirm kind-noetl --dry-run",
  ];
  static override flags = {
    ...buildFlags,
    "skip-build": Flags.boolean({ description: "deploy the last image built, or that of --image-ref" }),
    "image-ref": Flags.string({ dependsOn: ["skip-build"], description: "image with registry, name and tag" }),
    seed: Flags.string({
      helpValue: "PATH",
      description: "register the playbooks and credentials of a file or folder at the end",
    }),
    confirm: Flags.string({ helpValue: "CONTEXT", description: "name of the context, in place of typing it" }),
    ...rolloutFlags,
    ...changeFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sReset);
    return this.withTools(flags, async (tools) => {
      const place = await this.placeToChange(flags, tools, "reset");
      const { context, config, kubectl } = place;
      const dryRun = flags["dry-run"] === true;
      const database = databaseName(config);
      const document = { context: context.name, namespace: config.namespace, database, dry_run: dryRun };
      const question = `Delete all executions, playbooks and credentials in the database ${database}, context ${context.name}?`;
      if (!dryRun && !(await this.confirmed(question, place, flags))) {
        this.note("nothing was deleted");
        return { ...document, reset: false };
      }
      const image = flags["skip-build"]
        ? await chooseImage({
            imageRef: flags["image-ref"],
            tag: flags.tag,
            configured: config.image.ref,
            folder: tagFolder(tools.cwd),
          })
        : await this.buildImage(flags, tools);
      const progress = this.progress(dryRun);
      let stopped = false;
      const stop = async () => {
        stopped = true;
        await progress.step("stop server and workers", () => stopWorkloads(kubectl, config));
      };
      try {
        if (dryRun) await stop();
        if (dryRun)
          this.show(`# then, through a port-forward: DROP SCHEMA noetl CASCADE, and the migrations, in ${database}`);
        else await resetDatabase(kubectl, config, stop);
      } catch (error) {
        if (stopped) this.note(`server and workers are stopped: ${this.config.bin} k8s deploy starts them again`);
        throw error;
      }
      if (!dryRun) this.note(`emptied the database ${database}`);
      const deployed = await this.deployImage(image, place, flags, tools);
      if (flags.seed !== undefined) await this.sow(flags.seed, place, tools, dryRun);
      return {
        ...document,
        reset: !dryRun,
        image: deployed.image,
        urls: deployed.urls,
        ...(dryRun && { commands: tools.lines }),
      };
    });
  }

  private async sow(path: string, { kubectl, config }: Place, tools: Tools, dryRun: boolean): Promise<void> {
    if (dryRun) return this.show(`# then, through a port-forward: ${this.config.bin} catalog register ${path}`);
    await seed(tools.exec, kubectl, config, {
      self: this.self,
      path,
      onLine: (line, from) => this.relay(line, from),
    });
  }
}
