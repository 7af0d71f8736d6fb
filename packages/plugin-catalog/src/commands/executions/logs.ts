import { followEvents, readEvents } from "@noetl/client";
import { BaseCommand, EXIT, Flags, listenForInterrupt } from "@noetl/sdk";
import { exitOf } from "../../executions/document.ts";
import { type LoggedLine, lineReader, lineText } from "../../executions/event-line.ts";
import { executionArg } from "../../executions/flags.ts";

export default class ExecutionsLogs extends BaseCommand {
  static override description =
    "Shows step by step what an execution did; with --follow also what it does from now on.";
  static override examples = ["<%= config.bin %> executions logs 478775660589088776 -f"];
  static override rows = "lines";
  static override args = executionArg;
  static override flags = {
    follow: Flags.boolean({ char: "f", aliases: ["watch"], description: "go on until it has ended; exit code 5, 6" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExecutionsLogs);
    if (!flags.follow) this.showInPages();
    const { client } = await this.connect(flags);
    const interrupt = listenForInterrupt({
      // The wait ends with an error that says so.
      onFirst: () => {},
      onSecond: () => process.exit(EXIT.interrupted),
    });
    const options = { signal: interrupt.signal };
    const lines: LoggedLine[] = [];
    const read = lineReader();
    const print = async (line: LoggedLine | undefined) => {
      if (!line) return;
      this.show(lineText(line, this.paint));
      if (this.streams) await this.emit(line);
      else lines.push(line);
    };
    let status: string;
    try {
      if (flags.follow) {
        const events = followEvents(client.executions, args.id, options);
        let next = await events.next();
        for (; !next.done; next = await events.next()) await print(read(next.value));
        status = next.value.status;
        this.endWith(exitOf(status));
      } else {
        ({ status } = await client.executions.status(args.id));
        for await (const event of readEvents(client.executions, args.id, options)) await print(read(event));
      }
    } finally {
      interrupt.release();
    }
    return this.streams ? undefined : { execution_id: args.id, status, lines };
  }
}
