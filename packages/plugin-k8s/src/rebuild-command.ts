import { randomBytes } from "node:crypto";
import { build } from "./build/build.ts";
import { type BuildFlagValues, buildOptions } from "./build/flags.ts";
import { beginningText, builtText } from "./build/text.ts";
import type { Tools } from "./command.ts";
import { DeployCommand } from "./deploy-command.ts";
import type { ChosenImage } from "./image/choose.ts";

/** `redeploy` and `reset`: an image is built before it is deployed. */
export abstract class RebuildCommand extends DeployCommand {
  protected async buildImage(
    flags: BuildFlagValues & { "dry-run"?: boolean | undefined },
    { exec, cwd }: Tools,
  ): Promise<ChosenImage> {
    const built = await build(
      { ...buildOptions(flags), push: false, dryRun: flags["dry-run"] === true },
      {
        exec,
        cwd,
        now: () => new Date(),
        random: () => randomBytes(2).toString("hex"),
        begins: (plan) => this.note(beginningText(plan, this.paintNote)),
        onLine: (line, from) => this.relay(line, from),
      },
    );
    if (flags["dry-run"] !== true) this.note(builtText(built, this.paintNote));
    return { ref: built.ref, build: built };
  }
}
