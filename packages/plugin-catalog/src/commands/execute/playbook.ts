import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { waitFlags, workloadFlags } from "../../executions/flags.ts";
import { playbookReference } from "../../executions/reference.ts";
import { showOutcome } from "../../executions/show-outcome.ts";
import { startRemote } from "../../executions/start.ts";

export default class ExecutePlaybook extends BaseCommand {
  static override description = "Starts a playbook of the catalog on the server.";
  static override examples = [
    "<%= config.bin %> execute playbook demo/orders --set limit=5",
    "<%= config.bin %> execute playbook demo/orders@3 --follow",
    "<%= config.bin %> execute playbook demo/orders --wait --json",
  ];
  static override args = {
    path: Args.string({ required: true, ignoreStdin: true, description: "path, path@version, or catalog id" }),
  };
  static override flags = {
    version: Flags.string({ char: "V", description: "version in the catalog: a number or latest" }),
    ...workloadFlags,
    ...waitFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExecutePlaybook);
    const reference = playbookReference(args.path, flags.version);
    const { client } = await this.connect(flags);
    const surroundings = { client, note: (text: string) => this.note(text), paintNote: this.paintNote };
    const outcome = await startRemote(surroundings, reference, flags);
    this.endWith(outcome.ended?.exit ?? 0);
    return showOutcome(outcome, { show: (text) => this.show(text), note: surroundings.note, paint: this.paint });
  }
}
