import { BaseCommand, Flags, listenForInterrupt } from "@noetl/sdk";
import { announcing, type Exec, openExec } from "./exec/index.ts";

/** Flags of every command that runs other programs. */
export const toolFlags = {
  "dry-run": Flags.boolean({ description: "print what would be run, as a shell takes it, and change nothing" }),
  verbose: Flags.boolean({ char: "v", description: "print every program that is run" }),
};

export interface Tools {
  exec: Exec;
  /** runs on after Ctrl-C: for putting things right */
  afterwards: Exec;
  /** Ctrl-C */
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** what `--dry-run` printed */
  lines: readonly string[];
}

/** What the commands of this package have in common: they run other programs, and Ctrl-C reaches those. */
export abstract class ToolCommand extends BaseCommand {
  protected async withTools<T>(
    flags: { "dry-run"?: boolean | undefined; verbose?: boolean | undefined },
    work: (tools: Tools) => Promise<T>,
  ): Promise<T> {
    const interrupt = listenForInterrupt({ onFirst() {}, onSecond: () => process.exit(130) });
    const { env } = this;
    const cwd = process.cwd();
    const dryRun = flags["dry-run"] === true;
    const lines: string[] = [];
    const announced = {
      dryRun,
      verbose: flags.verbose === true,
      print: (line: string) => {
        if (!dryRun) return this.note(line);
        lines.push(line);
        this.show(line);
      },
    };
    const exec = announcing(openExec({ env, cwd, signal: interrupt.signal }), announced);
    const afterwards = announcing(openExec({ env, cwd }), announced);
    try {
      return await work({ exec, afterwards, signal: interrupt.signal, env, cwd, lines });
    } finally {
      interrupt.release();
    }
  }

  /** How to start this program again: the compiled one is its own entry. */
  protected get self(): [string, ...string[]] {
    const script = process.argv[1];
    const compiled = script === undefined || /\$bunfs|~BUN/.test(script);
    return [process.execPath, ...(compiled ? [] : [script])];
  }

  /** A line of another program: its stdout is ours, except where a document is to be printed there. */
  protected relay(line: string, from: "stdout" | "stderr"): void {
    if (from === "stdout" && this.format === "text") process.stdout.write(`${line}\n`);
    else this.note(line);
  }
}
