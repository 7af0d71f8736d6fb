import type { Json } from "@noetl/core";
import { isTemplateText } from "../read/node.ts";
import type { Effect } from "../tool-spec.ts";

const READING = /^(select|show|explain|describe|desc|values|table|pragma|from|summarize|list)\b/i;
const WRITING =
  /\b(insert|update|delete|merge|create|drop|alter|truncate|copy|grant|revoke|call|do|attach|install|load|set|vacuum|refresh)\b/i;

/** `read` when every statement only reads, as far as that can be told without a parser; templates may hide anything. */
export function sqlEffect(command: Json | undefined): Effect {
  if (typeof command !== "string") return "unknown";
  const bare = withoutLiterals(command);
  const statements = bare
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  if (statements.length === 0) return isTemplateText(command) ? "unknown" : "none";
  if (statements.some((statement) => WRITING.test(statement) || /\binto\b/i.test(statement))) return "write";
  const reading = statements.every((statement) => READING.test(statement) || /^with\b/i.test(statement));
  return reading ? "read" : "unknown";
}

/** Comments and quoted text cannot make a statement write; a span becomes a blank name. */
function withoutLiterals(sql: string): string {
  return sql
    .replace(/\{\{[\s\S]*?\}\}/g, "_")
    .replace(/--[^\n]*/g, " ")
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/"(?:[^"]|"")*"/g, '""');
}

export function httpEffect(method: Json | undefined): Effect {
  if (method === undefined || method === null) return "read";
  const word = typeof method === "string" ? method.toUpperCase() : "";
  if (!/^[A-Z]+$/.test(word)) return "unknown";
  return ["GET", "HEAD", "OPTIONS"].includes(word) ? "read" : "write";
}
