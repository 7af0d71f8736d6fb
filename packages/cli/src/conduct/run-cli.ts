import {
  type BaseCommand,
  type CommandSet,
  documentText,
  EXIT,
  enveloped,
  errorBody,
  errorText,
  exitCodeOf,
  type Format,
  requestedFormat,
  wantsColor,
} from "@noetl/sdk";
import type { Hooks } from "../plugins/hooks.ts";
import { type Known, knownCommands } from "../plugins/known.ts";
import { programName } from "./program-name.ts";
import { type Route, routeOf } from "./route.ts";
import { packageJson, version, versionLine } from "./version.ts";

/** Runs one command line to its end and leaves the exit code in `process.exitCode`. Never rejects. */
export async function runCli(argv: readonly string[]): Promise<void> {
  outliveBadOutput();
  const format = requestedFormat(argv);
  const known = knownCommands(process.env);
  const route = routeOf(argv, { ids: new Set(Object.keys(known.commands)), aliases: known.aliases });
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  const hooks = await hooksOf(known, note);
  try {
    await dispatch({ route, known, hooks, format });
  } catch (error) {
    await report(error, argv, format);
    const { code, exit, message } = errorBody(error);
    hooks.fire("command.failed", { command: commandOf(route), code, exit, message });
  }
  await hooks.settle();
}

/** Nothing is loaded when no plugin is there to be told. */
async function hooksOf({ plugins: { plugins } }: Known, note: (text: string) => void): Promise<Hooks> {
  if (plugins.length === 0) return { fire: () => {}, settle: async () => {} };
  const { openHooks } = await import("../plugins/hooks.ts");
  return openHooks({ env: process.env, plugins, note });
}

interface Dispatch {
  route: Route;
  known: Known;
  hooks: Hooks;
  format: Format;
}

async function dispatch({ route, known, hooks, format }: Dispatch): Promise<void> {
  const bin = programName();
  switch (route.kind) {
    case "nothing":
      process.stdout.write(
        `NoETL runs YAML playbooks. See ${bin} --help for the commands, ${bin} tui for the screen.\n`,
      );
      return;
    case "version":
      process.stdout.write(format === "text" ? `${versionLine()}\n` : await documentText(version(), format));
      return;
    case "help":
    case "topic": {
      const { showHelp } = await import("./show-help.ts");
      return showHelp(route.kind === "help" ? route.words : [route.topic], bin, known);
    }
    case "unknown": {
      const { unknownCommand } = await import("./unknown-command.ts");
      throw unknownCommand(route.typed, known);
    }
    case "command": {
      if (route.id === "help") {
        const { showHelp } = await import("./show-help.ts");
        return showHelp(
          route.argv.filter((word) => !word.startsWith("-")),
          bin,
          known,
        );
      }
      // The shell asks at every Tab: nobody began a command.
      if (route.id !== "complete") hooks.fire("init", { command: commandOf(route), version: packageJson.version });
      const { oclifConfig } = await import("./oclif-config.ts");
      // oclif has brought a listener of its own, which throws.
      outliveBadOutput();
      const config = await oclifConfig({ bin, known: alone(route.id, known) });
      const result = await config.runCommand<unknown>(route.id, route.argv);
      if (format === "text" || result === undefined) return;
      const rows = await rowsOf(known, route.id);
      const document = format === "json" || format === "yaml" ? enveloped(route.id, result) : result;
      process.stdout.write(await documentText(document, format, rows));
    }
  }
}

/** oclif takes every command apart that it is told of; one that runs needs no other. */
function alone(id: string, { commands }: Known): CommandSet {
  const entry = commands[id];
  return { commands: entry ? { [id]: entry } : {}, aliases: {}, topics: {} };
}

/** The command in words, as hooks are told; empty when there is none. */
function commandOf(route: Route): string {
  return route.kind === "command" ? route.id.replaceAll(":", " ") : "";
}

/** Key of the list in the result of a command. */
async function rowsOf({ commands }: Known, id: string): Promise<string | undefined> {
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

/**
 * `noetl … | head` closes our stdout early: that is no error of ours. A result that cannot be written for another reason
 * (disk full) is one, even though nobody waits for the write; progress that cannot be written is none.
 */
function outliveBadOutput(): void {
  process.stderr.removeAllListeners("error").on("error", () => {});
  process.stdout.removeAllListeners("error").on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stdout.removeAllListeners("error").on("error", () => {});
    process.once("exit", () => {
      process.exitCode ||= EXIT.failure;
    });
    process.stderr.write(errorText(error, { color: false, debug: false }));
  });
}
