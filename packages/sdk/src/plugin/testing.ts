import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";
import type { CommandClass } from "../command.ts";
import { requestedFormat } from "../format.ts";

/** `@noetl/sdk/plugin-testing`: runs tools and commands in the test's own process. */
export { type TestHost, type TestHostOptions, testHost } from "@noetl/tools/testing";

/** What a command said and returned. A command that throws rejects. */
export interface CommandRun {
  /** what it showed; empty when the arguments ask for a document */
  stdout: string;
  /** what it noted */
  stderr: string;
  /** its data, as in the document of `--json` */
  result: unknown;
  exitCode: number;
}

/** Runs a command class with these arguments and catches what it says with `show`, `note` and `endWith`. */
export async function runCommand(command: CommandClass, argv: readonly string[]): Promise<CommandRun> {
  const config = new Config({ root: fileURLToPath(new URL(".", import.meta.url)), plugins: new Map() });
  config.bin = "noetl";
  // Hooks are of programs, and there is none around this command.
  config.runHook = async () => ({ failures: [], successes: [] });
  const run: CommandRun = { stdout: "", stderr: "", result: undefined, exitCode: 0 };
  const text = requestedFormat(argv) === "text";
  const instance: { _run(): Promise<unknown> } = Reflect.construct(command, [[...argv], config]);
  Object.assign(instance, {
    show(line: string) {
      if (text) run.stdout += line.endsWith("\n") || line === "" ? line : `${line}\n`;
    },
    note(line: string) {
      run.stderr += `${line}\n`;
    },
    endWith(code: number) {
      run.exitCode = code;
    },
  });
  run.result = await instance._run();
  return run;
}
