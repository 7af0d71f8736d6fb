import { isNoetlError } from "@noetl/core";
import type { Log } from "@noetl/worker";

export type Level = "debug" | "info" | "warn" | "error";
const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

export interface LogOptions {
  write(line: string): void;
  now(): number;
  level: Level;
  /** `text` for people, `json` for collectors */
  format: "text" | "json";
  /** never printed, wherever they turn up */
  secrets: readonly string[];
}

/** Shorter ones would mask half of every line. */
const SHORTEST_SECRET = 6;

/** The log of a process: one line a message, on whatever `write` is. */
export function openLog(options: LogOptions): Log {
  const { write, now, level, format, secrets } = options;
  const mask = masking(secrets);
  const line = format === "json" ? jsonLine : textLine;
  const at = (own: Level) => {
    if (LEVELS.indexOf(own) < LEVELS.indexOf(level)) return () => {};
    return (message: string, fields: { [name: string]: unknown } = {}) => {
      const time = new Date(now()).toISOString();
      write(`${mask(line(time, own, message, plain(fields, level === "debug")))}\n`);
    };
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** `NOETL_LOG_LEVEL` or `LOG_LEVEL`, `NOETL_LOG_FORMAT`; words nobody knows count as the default. */
export function logSettings(env: {
  readonly [name: string]: string | undefined;
}): Pick<LogOptions, "level" | "format"> {
  const debug = /^(1|true|yes|on)$/i.test(env.NOETL_DEBUG ?? "");
  const word = (env.NOETL_LOG_LEVEL ?? env.LOG_LEVEL ?? (debug ? "debug" : "info")).toLowerCase();
  const level = word === "warning" ? "warn" : word;
  return {
    level: LEVELS.find((each) => each === level) ?? "info",
    format: env.NOETL_LOG_FORMAT?.toLowerCase() === "json" ? "json" : "text",
  };
}

function masking(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET))]
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const exact = known.length === 0 ? undefined : new RegExp(known.join("|"), "g");
  return (text) =>
    (exact ? text.replace(exact, "***") : text)
      .replace(/(:\/\/[^/@\s:"]*:)[^/@\s"]+@/g, "$1***@")
      .replace(/\b(Bearer|Basic) [\w.~+/=-]{8,}/g, "$1 ***");
}

function plain(fields: { [name: string]: unknown }, stacks: boolean): { [name: string]: unknown } {
  const found: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    found[name] = value instanceof Error ? errorText(value, stacks) : value;
  }
  return found;
}

function errorText(error: Error, stacks: boolean): string {
  if (stacks && error.stack !== undefined) return error.stack;
  return isNoetlError(error) ? `${error.code}: ${error.message}` : `${error.name}: ${error.message}`;
}

function jsonLine(time: string, level: Level, message: string, fields: { [name: string]: unknown }): string {
  return JSON.stringify({ time, level, message, ...fields }, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

function textLine(time: string, level: Level, message: string, fields: { [name: string]: unknown }): string {
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${word(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${message.replaceAll("\n", "\\n")}${pairs.join("")}`;
}

function word(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return /^[\w.:/#~@*+-]+$/.test(text) ? text : JSON.stringify(text);
}
