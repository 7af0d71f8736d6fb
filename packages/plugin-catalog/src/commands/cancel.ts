import { BaseCommand, count, EXIT, Flags } from "@noetl/sdk";
import { conclude } from "../executions/conclude.ts";
import { executionArg } from "../executions/flags.ts";

export default class Cancel extends BaseCommand {
  static override description =
    "Stops an execution and, unless --no-cascade is given, everything it started. Exit code 1 when it was over already.";
  static override args = executionArg;
  static override flags = {
    reason: Flags.string({ char: "r", description: "kept in the event log" }),
    cascade: Flags.boolean({ default: true, allowNo: true, description: "also what it started" }),
    "ignore-finished": Flags.boolean({ description: "exit code 0 when it was over already" }),
    wait: Flags.boolean({ char: "w", description: "wait until it has stopped" }),
    timeout: Flags.string({ helpValue: "30s", dependsOn: ["wait"], description: "wait no longer; exit code 4" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Cancel);
    const { client } = await this.connect(flags);
    const { cascade, reason } = flags;
    const done = await client.executions.cancel(args.id, { cascade, ...(reason !== undefined && { reason }) });
    const document = {
      execution_id: args.id,
      status: done.finished ? "already_finished" : done.status,
      cancelled_executions: done.cancelled ?? [args.id],
      message: done.message,
    };
    if (done.finished) {
      this.note(done.message ?? `execution ${args.id} is over already`);
      if (!flags["ignore-finished"]) this.endWith(EXIT.failure);
      return document;
    }
    if (done.cancelled === null && (cascade || reason !== undefined)) {
      this.note(
        "this server does not tell which executions it stopped, and may ignore the reason and what was started",
      );
    }
    if (flags.wait) {
      const surroundings = { client, note: (text: string) => this.note(text), paintNote: this.paintNote };
      document.status = (await conclude(surroundings, args.id, flags)).execution.status;
    }
    this.show(`${document.status.toLowerCase()}  ${args.id}${reason === undefined ? "" : `  (${reason})`}`);
    const { cancelled_executions: all } = document;
    if (all.length > 1) this.show(`${count(all.length, "execution")}: ${all.join(", ")}`);
    return document;
  }
}
