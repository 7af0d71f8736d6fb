import { readRun } from "@noetl/runner";
import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { eventText } from "../runs/event-text.ts";
import { withHost } from "../runs/host.ts";

export default class Events extends BaseCommand {
  static override rows = "events";
  static override description = "Prints the event log of a run: everything that decided its course, in order.";
  static override args = {
    run: Args.string({ ignoreStdin: true, description: "id of the run or its last digits; by default the newest" }),
  };
  static override flags = {
    type: Flags.string({ multiple: true, multipleNonGreedy: true, description: "only events of this type" }),
    step: Flags.string({ description: "only events of this step" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Events);
    this.showInPages();
    const { summary, events } = await withHost(this.env, (host) => readRun(host, args.run));
    const chosen = events.filter(
      (event) =>
        (flags.type === undefined || flags.type.includes(event.type)) &&
        (flags.step === undefined || ("step" in event && event.step === flags.step)),
    );
    this.show(chosen.map(eventText).join("\n"));
    return { execution_id: summary.execution_id, status: summary.status, events: chosen };
  }
}
