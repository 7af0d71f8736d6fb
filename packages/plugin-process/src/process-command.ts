import { parseDuration } from "@noetl/core";
import { BaseCommand, confirm, listenForInterrupt } from "@noetl/sdk";
import type { Log } from "@noetl/worker";
import { ownSecrets } from "@noetl/worker/secrets";
import { logSettings, openLog } from "./log/log.ts";
import type { Place } from "./processes/places.ts";
import { type Program, thisProgram } from "./processes/self.ts";
import { follow, lastLines } from "./processes/tail.ts";

/** What the commands of this package have in common: they start, find and end processes. */
export abstract class ProcessCommand extends BaseCommand {
  /** How to start this program again. */
  protected get self(): Program {
    return thisProgram({ execPath: process.execPath, execArgv: process.execArgv, script: process.argv[1] });
  }

  /** Somebody watches: the first process of a container, or who said so. */
  protected staysInFront(flags: { foreground?: boolean | undefined }): boolean {
    return flags.foreground ?? process.pid === 1;
  }

  /** Log of a process in the foreground: its stdout, which in the background is the log file. */
  protected openLog(env: NodeJS.ProcessEnv): Log {
    return openLog({
      ...logSettings(env),
      write: (line) => process.stdout.write(line),
      now: Date.now,
      secrets: ownSecrets(env),
    });
  }

  /** Asked on a terminal only; elsewhere the answer is what `--force` says. */
  protected async answered(
    question: string,
    flags: { force: boolean; "no-input"?: boolean | undefined },
  ): Promise<boolean> {
    if (flags.force) return true;
    if (!process.stdin.isTTY || flags["no-input"]) return false;
    return confirm({ question, flag: "--force", input: process.stdin, output: process.stderr });
  }

  /** How long to wait for a process that starts, ms; undefined = not at all. */
  protected patience(flags: { wait: boolean; "wait-timeout": string }): number | undefined {
    return flags.wait ? parseDuration(flags["wait-timeout"]) : undefined;
  }

  /** The last lines of a log, and with `follow` what comes after them. */
  protected async printLog(
    { logFile }: Pick<Place, "logFile">,
    flags: { lines: number; follow?: boolean | undefined },
  ): Promise<unknown> {
    const { text, end } = await lastLines(logFile, flags.lines);
    if (!flags.follow) {
      if (text === "") this.note(`there is nothing in ${logFile}`);
      this.show(text);
      return { log_file: logFile, lines: text === "" ? [] : text.replace(/\n$/, "").split("\n") };
    }
    process.stdout.write(text);
    const interrupt = listenForInterrupt({ onFirst() {}, onSecond() {} });
    try {
      await follow(logFile, end, interrupt.signal, (bytes) => process.stdout.write(bytes));
    } finally {
      interrupt.release();
    }
    return undefined;
  }
}
