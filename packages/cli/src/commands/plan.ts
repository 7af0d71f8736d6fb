import { describePlan } from "@noetl/playbook";
import { Args, BaseCommand } from "@noetl/sdk";
import { loadValid } from "../playbooks/load-valid.ts";
import { planText } from "../playbooks/plan-text.ts";

export default class Plan extends BaseCommand {
  static override description =
    "Shows what a playbook would do: its steps, tools, effects, and the credentials and variables it needs.";
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: "playbook file; - is stdin" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(Plan);
    this.showInPages();
    const { playbook, registry } = await loadValid(args.file, this.env);
    const plan = describePlan(playbook, registry);
    this.show(planText(plan, this.paint));
    return plan;
  }
}
