import { type ExecutionEvent, followEvents, readEvents } from "@noetl/client";
import { BaseCommand, count, EXIT, Flags, listenForInterrupt } from "@noetl/sdk";
import { eventText } from "../../executions/event-line.ts";
import { executionArg } from "../../executions/flags.ts";

export default class ExecutionsEvents extends BaseCommand {
  static override description = "Prints the event log of an execution, oldest first.";
  static override examples = [
    "<%= config.bin %> executions events 478775660589088776 --step load",
    "<%= config.bin %> executions events 478775660589088776 --follow -o ndjson",
  ];
  static override rows = "events";
  static override args = executionArg;
  static override flags = {
    type: Flags.string({ multiple: true, multipleNonGreedy: true, description: "only events of this type" }),
    step: Flags.string({ description: "only events of this step" }),
    since: Flags.string({ helpValue: "EVENT_ID", description: "only what came after this event" }),
    follow: Flags.boolean({ char: "f", aliases: ["watch"], description: "go on until the execution has ended" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExecutionsEvents);
    if (!flags.follow) this.showInPages();
    const { client } = await this.connect(flags);
    const interrupt = listenForInterrupt({
      onFirst: () => this.note("no longer following; the execution goes on"),
      onSecond: () => process.exit(EXIT.interrupted),
    });
    const since = flags.since === undefined ? {} : { since: flags.since };
    const options = { ...since, signal: interrupt.signal };
    const source = flags.follow
      ? followEvents(client.executions, args.id, options)
      : readEvents(client.executions, args.id, options);
    const events: ExecutionEvent["raw"][] = [];
    try {
      for await (const event of source) {
        if (flags.type && !flags.type.includes(event.event_type)) continue;
        if (flags.step !== undefined && event.step !== flags.step) continue;
        this.show(eventText(event, this.paint));
        if (this.streams) await this.emit(event.raw);
        else events.push(event.raw);
      }
    } finally {
      interrupt.release();
    }
    if (this.streams) return undefined;
    this.note(count(events.length, "event"));
    return { execution_id: args.id, events };
  }
}
