import type { RunOutcome } from "@noetl/runner";
import { BaseCommand, EXIT, listenForInterrupt, palette, wantsColor } from "@noetl/sdk";
import { showInvalid, warningsLine } from "../playbooks/show-invalid.ts";
import { openReporter } from "../report/reporter.ts";
import { reuseText, summaryText } from "../report/summary.ts";
import { findPlaybook } from "../run/find-playbook.ts";
import { runArgs, runFlags } from "../run/flags.ts";
import { outcomeText } from "../run/outcome-text.ts";
import { spellResume } from "../run/resume-flag.ts";
import { startRun } from "../run/start.ts";

export default class Run extends BaseCommand {
  static override description =
    "Runs a playbook on this machine. Progress goes to stderr, the result to stdout.\n\nExit code 0 COMPLETED, 5 FAILED, 6 CANCELLED, 2 invalid playbook, 3 not found, 130 Ctrl-C.";
  static override examples = [
    "<%= config.bin %> run examples/hello.yaml",
    "<%= config.bin %> run examples/hello.yaml --set name=Ada --json",
    "<%= config.bin %> run etl.yaml --resume",
  ];
  static override args = runArgs;
  static override flags = runFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Run, spellResume(this.argv));
    const cwd = process.cwd();
    const target = args.target ?? flags.target;
    const choice = await findPlaybook({ ref: args.ref, target, runtime: flags.runtime, cwd });
    const request = { ...flags, choice, env: this.env, cwd, sets: flags.set, setStrings: flags["set-string"] };
    if (flags["dry-run"]) {
      const { dryRun } = await import("../run/dry-run.ts");
      return dryRun(request, (text) => this.show(text));
    }

    const paint = palette(wantsColor({ env: this.env, isTTY: process.stderr.isTTY === true }));
    const { verbose = false, quiet = false } = flags;
    const reporter = openReporter({ terminal: process.stderr, env: this.env, now: Date.now, verbose, quiet });
    const interrupt = listenForInterrupt({
      onFirst: () => reporter.say("stopping what runs; again to leave at once"),
      onSecond: () => {
        reporter.close();
        process.exit(EXIT.interrupted);
      },
    });
    let outcome: RunOutcome;
    try {
      outcome = await startRun({
        ...request,
        credentials: flags.credential,
        keepChanged: flags["keep-changed"],
        skipUnsupported: flags["skip-unsupported"],
        signal: interrupt.signal,
        observer: {
          ...reporter.observer,
          diagnostics: (found, file) => {
            const line = warningsLine(found, file);
            if (line && !quiet) reporter.say(paint.dim(line));
          },
          reuse: (report) => quiet || reporter.say(reuseText(report)),
          event: (event, info) => {
            if (flags.events) process.stdout.write(`${JSON.stringify(event)}\n`);
            reporter.observer.event?.(event, info);
          },
        },
      });
    } catch (error) {
      reporter.close();
      if (this.format === "text") showInvalid(error, (text) => this.note(text), paint);
      throw error;
    } finally {
      interrupt.release();
    }
    reporter.close();
    if (!quiet || outcome.status !== "COMPLETED") this.note(summaryText(outcome, { paint, file: choice.file }));
    const exit = interrupt.by === "SIGINT" ? EXIT.interrupted : exitOf(outcome.status);
    this.endWith(exit);
    if (flags.events) return undefined;
    this.show(outcomeText(outcome));
    return outcome.error ? { ...outcome, error: { ...outcome.error, exit } } : outcome;
  }
}

function exitOf(status: RunOutcome["status"]): number {
  return { COMPLETED: EXIT.ok, FAILED: EXIT.runFailed, CANCELLED: EXIT.runCancelled }[status];
}
