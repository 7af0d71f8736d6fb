import { Command as OclifCommand } from "@oclif/core";
import { type Palette, palette, wantsColor } from "./color.ts";
import { chooseServer, readContexts, type ServerChoice, type ServerFlags } from "./contexts.ts";
import { type Format, requestedFormat } from "./format.ts";
import { globalFlags } from "./global-flags.ts";

export { Args, Flags } from "@oclif/core";
export type CommandClass = OclifCommand.Class;

/**
 * The class all commands extend: global flags and streams. A command parses, calls one function and returns
 * its data; `show` prints for people and is silent when a document was asked for, which the entry point then prints.
 */
export abstract class BaseCommand extends OclifCommand {
  static override baseFlags = globalFlags;

  /** `--json` and `-o` as they stand in the arguments. */
  protected get format(): Format {
    return requestedFormat(this.argv);
  }

  protected get env(): NodeJS.ProcessEnv {
    return process.env;
  }

  /** Styles for stdout. */
  protected get paint(): Palette {
    return palette(wantsColor({ env: this.env, isTTY: process.stdout.isTTY === true }));
  }

  /** Result text on stdout; nothing with `--json`. */
  protected show(text: string): void {
    if (this.format === "text") process.stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
  }

  /** Everything that is not the result: stderr. */
  protected note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Ends with this code although nothing was thrown: the result says what is wrong. */
  protected endWith(code: number): void {
    process.exitCode = code;
  }

  /** Which server the flags, the environment and the contexts choose. */
  protected async server(flags: ServerFlags): Promise<ServerChoice> {
    return chooseServer(flags, await readContexts(this.env), this.env);
  }

  /** Errors are drawn in one place, by the entry point. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
