import { existsSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

/** As a frame of a stack spells the files of a plugin → how many loads and tools of it are under guard. */
type Guarded = Map<string, number>;

const INSIDE_BINARY = /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN)/;
const STATE = Symbol.for("noetl.plugins.guarded");

/**
 * Stdout carries the result and the exit code is the verdict of the command. Neither belongs to a plugin while a module
 * of it is loaded or a tool of it works: what it prints goes to stderr, and `process.exit` throws. Who calls is read from
 * the stack, for what else runs meanwhile may do both. Gives the way back.
 */
export function guard(folder: string): () => void {
  const guarded = guardedFolders();
  const spellings = spellingsOf(folder);
  for (const spelling of spellings) guarded.set(spelling, (guarded.get(spelling) ?? 0) + 1);
  return () => {
    for (const spelling of spellings.splice(0)) {
      const left = (guarded.get(spelling) ?? 0) - 1;
      if (left > 0) guarded.set(spelling, left);
      else guarded.delete(spelling);
    }
  };
}

/** One set a process, with what looks into it: there is one stdout and one `process.exit`. */
function guardedFolders(): Guarded {
  const state = globalThis as { [STATE]?: Guarded };
  const known = state[STATE];
  if (known) return known;
  const guarded: Guarded = new Map();
  state[STATE] = guarded;
  guardExit(guarded);
  guardStdout(guarded);
  if (process.versions.bun !== undefined) guardConsole(guarded);
  return guarded;
}

function guardExit(guarded: Guarded): void {
  const { exit } = process;
  process.exit = function guardedExit(code?: number | string | null) {
    if (isPluginCalling(guarded, guardedExit)) throw new Error(`process.exit(${code ?? ""}) is not for plugins`);
    return exit.call(process, code);
  };
}

function guardStdout(guarded: Guarded): void {
  const { stdout, stderr } = process;
  const write = stdout.write;
  const guardedWrite = function guardedWrite(...args: Parameters<typeof write>): boolean {
    return isPluginCalling(guarded, guardedWrite) ? stderr.write(...args) : write.apply(stdout, args);
  };
  stdout.write = guardedWrite as typeof write;
}

/** There it writes past the stream. */
function guardConsole(guarded: Guarded): void {
  for (const name of ["log", "info", "debug"] as const) {
    const print = console[name];
    console[name] = function guardedPrint(...args: unknown[]) {
      if (isPluginCalling(guarded, guardedPrint)) process.stderr.write(`${format(...args)}\n`);
      else print.apply(console, args);
    };
  }
}

function isPluginCalling(guarded: Guarded, through: (...args: never[]) => unknown): boolean {
  if (guarded.size === 0) return false;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, through);
  return isOfPlugin(holder.stack ?? "", guarded);
}

/** Looks at the innermost frame outside of the runtime: a plugin that calls the program is the program's business. */
export function isOfPlugin(stack: string, guarded: Guarded = guardedFolders()): boolean {
  const frames = stack.split("\n").filter((line) => /^ *at /.test(line));
  const caller = frames.find((frame) => !/node:|\(native|\[native/.test(frame)) ?? "";
  const callers = [...guarded.keys()].filter((files) => caller.includes(files));
  if (callers.length === 0) return false;
  // A program that is installed below the plugin it works for is no part of it.
  const program = programSpellings().filter((own) => caller.includes(own));
  return callers.some((files) => !program.some((own) => own.startsWith(files)));
}

function programSpellings(): string[] {
  const script = process.argv[1];
  // A compiled binary names a path inside itself, below which no plugin lies.
  if (script === undefined || INSIDE_BINARY.test(script) || !existsSync(script)) return [];
  return spellingsOf(dirname(dirname(realpathSync(script))));
}

function spellingsOf(folder: string): string[] {
  const paths = existsSync(folder) ? [folder, realpathSync(folder)] : [folder];
  return [...new Set(paths.flatMap((path) => [`${path}${sep}`, `${pathToFileURL(path).href}/`]))];
}
