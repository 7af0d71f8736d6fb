import { ensureError, isNoetlError, nearest } from "@noetl/core";
import { palette } from "./color.ts";
import { exitCodeOf, oclifExit } from "./exit-code.ts";
import { missingFileHint } from "./missing-file.ts";

/** `error` of a JSON document (decision 47). */
export interface ErrorBody {
  code: string;
  exit: number;
  kind?: string;
  message: string;
  step?: string;
  hint?: string;
}

/** What an error looks like from outside: stable code, exit code, message, hint. */
export function errorBody(thrown: unknown): ErrorBody {
  const error = ensureError(thrown);
  const exit = exitCodeOf(thrown);
  if (isNoetlError(thrown)) {
    const hint = thrown.hint ?? (thrown.code === "E_FILE_MISSING" ? fileHint(thrown.cause) : undefined);
    return { code: thrown.code, exit, message: thrown.message, ...(hint && { hint }) };
  }
  if (oclifExit(thrown) !== undefined) return usageBody(thrown, error, exit);
  const system = systemBody(error, exit);
  if (system) return system;
  return { code: "INTERNAL", exit, message: error.message || error.name };
}

/** The system's own error says which file it looked for. */
function fileHint(cause: unknown): string | undefined {
  const path = cause instanceof Error && "path" in cause ? cause.path : undefined;
  return typeof path === "string" ? missingFileHint(path) : undefined;
}

const SYSTEM_HINTS: { readonly [code: string]: string } = {
  EACCES: "check the permissions",
  EPERM: "check the permissions",
  EROFS: "the disk is read-only",
  ENOSPC: "free some space on that disk",
  EDQUOT: "free some space, or raise the quota",
  EFBIG: "the limit on the size of a file was reached (ulimit -f)",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine",
  ENOMEM: "this machine has no memory left",
  EAGAIN: "too many processes; raise the limit (ulimit -u)",
};

/** What the operating system refused is no bug of ours. */
function systemBody(error: NodeJS.ErrnoException, exit: number): ErrorBody | undefined {
  if (error.syscall === undefined || error.code === undefined) return undefined;
  const hint = SYSTEM_HINTS[error.code];
  return { code: error.code, exit, message: error.message, ...(hint && { hint }) };
}

function usageBody(thrown: unknown, error: Error, exit: number): ErrorBody {
  const message = missingArguments(thrown) ?? plainUsage(error.message);
  return { code: "USAGE", exit, message, hint: misspelt(thrown) ?? "add --help to see the flags" };
}

/** The parser's own words without what it says about itself. */
function plainUsage(text: string): string {
  return text
    .replace(/\n?See more help with --help\s*$/, "")
    .replace(/^The following errors? occurred:\s*/, "")
    .replace(/^Parsing (--[\w-]+)\s+/, "$1: ")
    .replace(/^Missing required flag (?=\w)/, "Missing required flag --")
    .replace(/\s*\n\s*/g, " ");
}

/** `missing: KEY (name of the setting), VALUE (its value)`. */
function missingArguments(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !thrown.message.startsWith("Missing ") || !("args" in thrown)) return undefined;
  const args = thrown.args as readonly { name: string; description?: string; options?: readonly string[] }[];
  const named = args.map(({ name, description, options }) => {
    const about = [description, options?.join(", ")].filter(Boolean).join(": ");
    return about === "" ? name.toUpperCase() : `${name.toUpperCase()} (${about})`;
  });
  return named.length === 0 ? undefined : `missing: ${named.join(", ")}`;
}

/** For an unknown flag: the one that was probably meant. */
function misspelt(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("flags" in thrown) || !("parse" in thrown)) return undefined;
  const { flags, parse } = thrown as { flags: string[]; parse?: { input?: { flags?: Record<string, unknown> } } };
  const known = Object.keys(parse?.input?.flags ?? {});
  const found = flags.map((flag) => nearest(flag.replace(/^-+/, "").replace(/=.*/s, ""), known)).find(Boolean);
  return found && `did you mean --${found}?`;
}

/** Lines for stderr. `debug` adds the stack of the error and of its causes. */
export function errorText(thrown: unknown, options: { color: boolean; debug: boolean }): string {
  const paint = palette(options.color);
  const body = errorBody(thrown);
  const lines = [`${paint.red("Error:")} ${body.message}`];
  for (let cause = ensureError(thrown).cause; cause !== undefined && cause !== null; cause = ensureError(cause).cause) {
    const { message } = ensureError(cause);
    // What the system calls a missing file adds nothing to what was said.
    if (body.code === "E_FILE_MISSING") break;
    if (message && !lines.some((line) => line.includes(message))) lines.push(paint.dim(`  because ${message}`));
  }
  if (body.hint) lines.push(`${paint.cyan("Hint:")} ${body.hint}`);
  if (body.code === "INTERNAL" && !options.debug)
    lines.push(`${paint.cyan("Hint:")} this looks like a bug; --debug shows where`);
  if (options.debug) lines.push(paint.dim(stacks(thrown)));
  return `${lines.join("\n")}\n`;
}

function stacks(thrown: unknown): string {
  const all: string[] = [];
  for (let error: unknown = thrown; error !== undefined && error !== null; error = ensureError(error).cause) {
    const { stack, message } = ensureError(error);
    all.push(stack ?? message);
  }
  return all.join("\ncaused by ");
}
