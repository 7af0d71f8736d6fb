import type { Json } from "@noetl/core";
import type { Effect } from "@noetl/playbook";
import { type Statement, splitStatements } from "./split.ts";

const READING: ReadonlySet<string> = new Set([
  "SELECT",
  "SHOW",
  "EXPLAIN",
  "VALUES",
  "TABLE",
  "DESCRIBE",
  "SUMMARIZE",
  "FROM",
]);

/** What SQL does, from the unrendered config: a template that may hold statements makes it unknown. */
export function sqlEffects(config: { [key: string]: Json }): Effect {
  const sql = config.script === undefined ? sqlText(config.command) : undefined;
  if (sql === undefined || /\{%/.test(sql)) return "unknown";
  const statements = splitStatements(sql.replace(/\{\{.*?\}\}/gs, " template_value "));
  if (statements.some(({ words }) => words[0] === "TEMPLATE_VALUE")) return "unknown";
  return statements.every(isRead) ? "read" : "write";
}

/** Certainly changes nothing, so that it may be asked again: functions with effects inside a SELECT cannot be seen here. */
export function isRead({ text, words }: Statement): boolean {
  if (!READING.has(words[0] ?? "")) return false;
  return !/\bfor\s+(no\s+key\s+)?(update|key\s+share|share)\b|\binto\b|\banalyze\b|\bnextval\b|\bset_config\b|_lock\w*\s*\(/i.test(
    text,
  );
}

/** SQL of a config: text, or a list of statements. */
export function sqlText(command: Json | undefined): string | undefined {
  if (typeof command === "string") return command;
  return Array.isArray(command) ? command.map(String).join(";\n") : undefined;
}
