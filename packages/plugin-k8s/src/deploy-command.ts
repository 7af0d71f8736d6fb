import { parseDuration } from "@noetl/core";
import { ENGINES, type EngineName } from "./build/engine.ts";
import type { Tools } from "./command.ts";
import { changeText } from "./deploy/changes.ts";
import { type Deployed, deploy } from "./deploy/deploy.ts";
import type { RolloutFlagValues } from "./deploy/flags.ts";
import type { ChosenImage } from "./image/choose.ts";
import { K8sCommand, type Place } from "./k8s-command.ts";

/** `deploy`, and what contains it: `redeploy`, `reset`. */
export abstract class DeployCommand extends K8sCommand {
  protected async deployImage(
    image: ChosenImage,
    { context, config }: Place,
    flags: RolloutFlagValues & {
      engine?: EngineName | undefined;
      "dry-run"?: boolean | undefined;
      recreate?: boolean | undefined;
    },
    tools: Tools,
  ): Promise<Deployed> {
    const dryRun = flags["dry-run"] === true;
    const seconds = Math.ceil(parseDuration(flags["wait-timeout"]) / 1_000);
    const paint = this.paintNote;
    this.note(
      `Deploying ${paint.bold(image.ref)} to context ${paint.bold(context.name)}, namespace ${config.namespace}`,
    );
    const deployed = await deploy(
      {
        config: { ...config, image: { ...config.image, ref: image.ref } },
        image,
        context,
        engine: flags.engine ?? ENGINES.find((name) => name === image.build?.engine) ?? "docker",
        load: flags["no-load"] !== true,
        timeoutSeconds: flags["no-wait"] ? undefined : seconds,
        atomic: flags.atomic === true,
        forceConflicts: flags["force-conflicts"] === true,
        recreate: flags.recreate === true,
        dryRun,
      },
      {
        exec: tools.exec,
        afterwards: tools.afterwards,
        progress: this.progress(dryRun),
        note: (text) => this.note(text),
        changes: ({ changes, text }) => {
          if (flags.diff && text !== "") this.note(text);
          this.note(changes.length === 0 ? "nothing changes" : changes.map(changeText).join("\n"));
        },
      },
    );
    if (!dryRun) this.showDeployed(deployed, flags["no-wait"] === true);
    return deployed;
  }

  private showDeployed({ image, context, namespace, restarted, urls }: Deployed, unwatched: boolean): void {
    const { green } = this.paint;
    const state = unwatched ? "was applied" : "runs";
    this.show(`${green("deployed")}: ${image} ${state} in namespace ${namespace} of context ${context}`);
    if (restarted.length > 0) this.show(`started anew: ${restarted.join(", ")}`);
    for (const url of urls) this.show(`${url}\n${url}/docs`);
    if (urls.length === 0) this.show(`reach it: ${this.config.bin} k8s port-forward --context ${context}`);
  }
}
