import { waitForEnd } from "@noetl/client";
import { parseDuration } from "@noetl/core";
import { BaseCommand, EXIT, Flags, listenForInterrupt, liveScreen, plainScreen } from "@noetl/sdk";
import { type ExecutionDocument, executionDocument, exitOf } from "../../executions/document.ts";
import { executionArg } from "../../executions/flags.ts";
import { executionText, headline } from "../../executions/text.ts";

export default class ExecutionsWatch extends BaseCommand {
  static override description =
    "Shows an execution until it has ended: a picture that changes on a terminal, a line for every change elsewhere.";
  static override args = executionArg;
  static override flags = {
    timeout: Flags.string({ helpValue: "5m", description: "watch no longer; exit code 4, the execution goes on" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExecutionsWatch);
    const { client } = await this.connect(flags);
    const timeoutMs = flags.timeout === undefined ? undefined : parseDuration(flags.timeout);
    const interrupt = listenForInterrupt({
      onFirst: () => {},
      onSecond: () => process.exit(EXIT.interrupted),
    });
    let shown: ExecutionDocument | undefined;
    const live = process.stderr.isTTY === true && this.env.TERM !== "dumb" && !this.env.CI && this.format === "text";
    const block = () => (shown ? executionText(shown, this.paintNote).split("\n") : []);
    const screen = live ? liveScreen(process.stderr, { block, now: Date.now }) : plainScreen(process.stderr);
    let last = "";
    try {
      const end = await waitForEnd(client.executions, args.id, {
        signal: interrupt.signal,
        full: true,
        ...(timeoutMs !== undefined && { timeoutMs }),
        onStatus: (status) => {
          shown = executionDocument(status);
          if (live) return screen.refresh();
          const now = `${headline({ ...shown, duration_seconds: null }, this.paintNote)}  ${status.current_step ?? ""}`;
          if (now !== last) screen.print(now.trimEnd());
          last = now;
        },
      });
      shown = undefined;
      screen.close();
      const execution = executionDocument(end);
      this.show(executionText(execution, this.paint));
      this.endWith(exitOf(execution.status));
      return execution;
    } finally {
      screen.close();
      interrupt.release();
    }
  }
}
