import { basename } from "node:path";
import {
  type BaseCommand,
  documentText,
  enveloped,
  errorBody,
  errorText,
  exitCodeOf,
  type Format,
  requestedFormat,
  wantsColor,
} from "@noetl/sdk";
import { aliases, commands } from "../commands.ts";
import { routeOf } from "./route.ts";
import { versionLine } from "./version.ts";

/** Runs one command line to its end and leaves the exit code in `process.exitCode`. Never rejects. */
export async function runCli(argv: readonly string[]): Promise<void> {
  ignoreClosedPipes();
  const format = requestedFormat(argv);
  try {
    await dispatch(argv, format);
  } catch (error) {
    await report(error, argv, format);
  }
}

async function dispatch(argv: readonly string[], format: Format): Promise<void> {
  const route = routeOf(argv, { ids: new Set(Object.keys(commands)), aliases });
  const bin = programName();
  switch (route.kind) {
    case "nothing":
      process.stdout.write(`NoETL runs YAML playbooks. See ${bin} --help for the commands.\n`);
      return;
    case "version":
      process.stdout.write(`${versionLine()}\n`);
      return;
    case "help":
    case "topic": {
      const { showHelp } = await import("./show-help.ts");
      return showHelp(route.kind === "help" ? route.words : [route.topic], bin);
    }
    case "unknown": {
      const { unknownCommand } = await import("./unknown-command.ts");
      throw unknownCommand(route.typed);
    }
    case "command": {
      if (route.id === "help") {
        const { showHelp } = await import("./show-help.ts");
        return showHelp(
          route.argv.filter((word) => !word.startsWith("-")),
          bin,
        );
      }
      const { oclifConfig } = await import("./oclif-config.ts");
      const result = await (await oclifConfig({ bin })).runCommand<unknown>(route.id, route.argv);
      if (format === "text" || result === undefined) return;
      const rows = await rowsOf(route.id);
      const document = format === "json" || format === "yaml" ? enveloped(route.id, result) : result;
      process.stdout.write(await documentText(document, format, rows));
    }
  }
}

/** Key of the list in the result of a command. */
async function rowsOf(id: string): Promise<string | undefined> {
  const command = (await commands[id]?.load()) as typeof BaseCommand | undefined;
  return command?.rows;
}

async function report(error: unknown, argv: readonly string[], format: Format): Promise<void> {
  process.exitCode = exitCodeOf(error);
  // Names are for other programs too, but there is no name to print.
  const form = format === "name" ? "text" : format;
  if (form !== "text") process.stdout.write(await documentText(enveloped("error", { error: errorBody(error) }), form));
  const debug = argv.includes("--debug");
  if (form !== "text" && !debug) return;
  const color = wantsColor({ env: process.env, isTTY: process.stderr.isTTY === true });
  process.stderr.write(errorText(error, { color, debug }));
}

/** `noetl … | head` closes our stdout early: that is no error of ours. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

/** `noetl` or `ntl`, as it was called. */
function programName(): string {
  return basename(process.argv[1] ?? "").startsWith("ntl") ? "ntl" : "noetl";
}
