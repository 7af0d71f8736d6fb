import { readRun } from "@noetl/runner";
import { Args, BaseCommand, EXIT, Flags, listenForInterrupt } from "@noetl/sdk";
import { followEvents } from "../runs/follow.ts";
import { withHost } from "../runs/host.ts";
import { logPrinter } from "../runs/log-printer.ts";

export default class Logs extends BaseCommand {
  static override rows = "lines";
  static override description = "Shows step by step what a run did; with --follow also what it does from now on.";
  static override args = {
    run: Args.string({ ignoreStdin: true, description: "id of the run or its last digits; by default the newest" }),
  };
  static override flags = {
    follow: Flags.boolean({ char: "f", exclusive: ["json", "output"], description: "go on until the run has ended" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Logs);
    if (!flags.follow) this.showInPages();
    return withHost(this.env, async (host) => {
      const past = await readRun(host, args.run);
      const print = logPrinter(past, { paint: this.paint, show: (text) => this.show(text) });
      const lines = past.events.flatMap(print);
      if (flags.follow) {
        const interrupt = listenForInterrupt({ onFirst: () => {}, onSecond: () => process.exit(EXIT.interrupted) });
        const { signal } = interrupt;
        for await (const event of followEvents(host, past.summary, {
          afterSeq: past.events.at(-1)?.seq ?? 0,
          signal,
        })) {
          print(event);
        }
        if (interrupt.by !== undefined) this.endWith(EXIT.interrupted);
        interrupt.release();
      }
      return { execution_id: past.summary.execution_id, status: past.summary.status, lines };
    });
  }
}
