import { Args, BaseCommand } from "@noetl/sdk";
import { runDocument } from "../runs/document.ts";
import { explainRun } from "../runs/explain.ts";
import { withHost } from "../runs/host.ts";
import { whyText } from "../runs/why-text.ts";

export default class Why extends BaseCommand {
  static override description =
    "Explains a run: why it waits or failed, why a step ran, was skipped or never reached, which arcs were taken.";
  static override examples = ["<%= config.bin %> why", "<%= config.bin %> why 3839945 load"];
  static override args = {
    run: Args.string({ ignoreStdin: true, description: "id of the run, its last digits, or a step of the newest run" }),
    step: Args.string({ ignoreStdin: true, description: "only this step" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Why);
    this.showInPages();
    const isRun = args.run === undefined || args.step !== undefined || /^\d+$/.test(args.run);
    const [ref, step] = isRun ? [args.run, args.step] : [undefined, args.run];
    const explained = await withHost(this.env, (host) => explainRun(host, ref, step));
    this.show(whyText(explained, this.paint));
    return { ...explained, run: runDocument(explained.run) };
  }
}
