import { isNoetlError } from "@noetl/core";
import { showOutcome } from "@noetl/plugin-catalog/executions";
import type { RunOutcome } from "@noetl/runner";
import { BaseCommand, EXIT, effectiveContext, listenForInterrupt, type Runtime, readContexts } from "@noetl/sdk";
import type { Registry } from "@noetl/tools";
import { showInvalid, warningsLine } from "../playbooks/show-invalid.ts";
import { openRegistry } from "../plugins/tool-registry.ts";
import { openReporter } from "../report/reporter.ts";
import { reuseText, summaryText } from "../report/summary.ts";
import { findPlaybook, type PlaybookChoice } from "../run/find-playbook.ts";
import { type RunFlags, runArgs, runFlags } from "../run/flags.ts";
import { dryRunOnServer, refuseLocalFlags, refuseServerFlags, runOnServer, type ServerRun } from "../run/on-server.ts";
import { outcomeText } from "../run/outcome-text.ts";
import { spellResume } from "../run/resume-flag.ts";
import { startRun } from "../run/start.ts";

export default class Run extends BaseCommand {
  static override description =
    "Runs a playbook: a file on this machine, a path of the catalog on the server; -r decides otherwise. Progress goes to stderr, the result to stdout.\n\nExit code 0 COMPLETED, 5 FAILED, 6 CANCELLED, 2 invalid playbook, 3 not found, 4 no server, 130 Ctrl-C.";
  static override examples = [
    "<%= config.bin %> run examples/hello.yaml",
    "<%= config.bin %> run examples/hello.yaml --set name=Ada --json",
    "<%= config.bin %> run etl.yaml --resume",
    "<%= config.bin %> run demo/orders@3 --follow",
    "<%= config.bin %> run etl.yaml -r distributed --register --wait",
  ];
  static override args = runArgs;
  static override flags = runFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Run, spellResume(this.argv));
    const { runtime, version } = flags;
    const target = args.target ?? flags.target;
    const registry = await openRegistry(this.env);
    const contextRuntime = () => this.contextRuntime(flags.context);
    const chosen = await findPlaybook({
      ref: args.ref,
      target,
      version,
      runtime,
      contextRuntime,
      cwd: process.cwd(),
      registry,
    });
    return chosen.on === "here" ? this.here(chosen.choice, registry, flags) : this.onServer(chosen, registry, flags);
  }

  private async onServer(run: ServerRun, registry: Registry, flags: RunFlags): Promise<unknown> {
    refuseLocalFlags(flags);
    const { client, server } = await this.connect(flags);
    const show = (text: string) => this.show(text);
    if (flags["dry-run"]) return dryRunOnServer(client, run, registry, show);
    const note = (text: string) => this.note(text);
    const outcome = await runOnServer({ client, server, registry, note, paintNote: this.paintNote }, run, flags);
    this.endWith(outcome.ended?.exit ?? EXIT.ok);
    return showOutcome(outcome, { show, note: flags.quiet ? () => {} : note, paint: this.paint });
  }

  /** A broken config.yaml is told, and does not stop what runs here. */
  private async contextRuntime(named: string | undefined): Promise<Runtime> {
    try {
      const file = await readContexts(this.env);
      const runtime = effectiveContext(named, file)?.runtime ?? "auto";
      return runtime === "auto" ? (file.settings.runtime ?? "auto") : runtime;
    } catch (error) {
      if (!isNoetlError(error) || error.code !== "E_CONFIG") throw error;
      this.note(error.message);
      return "auto";
    }
  }

  private async here(choice: PlaybookChoice, registry: Registry, flags: RunFlags): Promise<unknown> {
    refuseServerFlags(flags);
    const cwd = process.cwd();
    const request = {
      ...flags,
      choice,
      registry,
      env: this.env,
      cwd,
      sets: flags.set,
      setStrings: flags["set-string"],
    };
    if (flags["dry-run"]) {
      const { dryRun } = await import("../run/dry-run.ts");
      return dryRun(request, { show: (text) => this.show(text), note: (text) => this.note(text) });
    }
    const paint = this.paintNote;
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
        concurrency: flags.sequential ? 1 : flags.concurrency,
        keepChanged: flags["keep-changed"],
        skipUnsupported: flags["skip-unsupported"],
        inheritWorkload: flags["inherit-workload"],
        note: (text) => reporter.say(text),
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
