import { randomBytes } from "node:crypto";
import { Flags } from "@noetl/sdk";
import { build } from "../build/build.ts";
import { buildFlags, buildOptions } from "../build/flags.ts";
import { beginningText, builtText } from "../build/text.ts";
import { mismatch } from "../cluster/nodes.ts";
import { ToolCommand, toolFlags } from "../command.ts";

export default class Build extends ToolCommand {
  static override description =
    "Builds the container image of server and worker with Docker, Podman or Buildah. The tag is the time, the commit and four random digits; `noetl k8s deploy` takes it from .noetl_last_build_tag.txt. Images are built for linux/amd64: --platform linux/arm64 (or native) fits a kind cluster on Apple Silicon, whose nodes are arm64.";
  static override examples = [
    "<%= config.bin %> build",
    "<%= config.bin %> build --platform native --no-cache",
    "<%= config.bin %> build --registry ghcr.io/acme --push --platform linux/amd64,linux/arm64",
    "<%= config.bin %> build --dry-run",
  ];
  static override flags = {
    ...buildFlags,
    push: Flags.boolean({ description: "push to --registry in place of keeping it in the local store" }),
    ...toolFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Build);
    const dryRun = flags["dry-run"] === true;
    return this.withTools(flags, async ({ exec, cwd, lines }) => {
      const built = await build(
        { ...buildOptions(flags), push: flags.push === true, dryRun },
        {
          exec,
          cwd,
          now: () => new Date(),
          random: () => randomBytes(2).toString("hex"),
          begins: (plan) => this.note(beginningText(plan, this.paintNote)),
          onLine: (line, from) => this.relay(line, from),
        },
      );
      if (!dryRun) this.show(builtText(built, this.paint));
      const unfit = dryRun ? undefined : await mismatch(exec, built.platform, this.env);
      if (unfit) {
        const { context, platforms } = unfit;
        this.note(`the nodes of context ${context} are ${platforms.join(", ")}: for them --platform ${platforms[0]}`);
      }
      const { ref, root: _root, ...facts } = built;
      return { ...facts, dry_run: dryRun, ...(dryRun && { commands: lines }) };
    });
  }
}
