import { isObject, type Json, type JsonObject } from "@noetl/core";

/** Ids come as integers or text; here they are text (server-api §1.1). */
export function idOf(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

export function listOf(value: unknown, ...keys: string[]): Json[] {
  if (Array.isArray(value)) return value as Json[];
  for (const key of keys) {
    const inner = objectOf(value)[key];
    if (Array.isArray(inner)) return inner;
  }
  return [];
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : value === null || value === undefined ? null : String(value);
}

/** The five words of server-api §3.3, whatever the server calls them. */
export function statusOf(value: unknown): string {
  const word = String(value ?? "").toLowerCase();
  if (/^(completed|success|ok|done)$/.test(word)) return "COMPLETED";
  if (/^(failed|error)$/.test(word)) return "FAILED";
  if (/^cancell?ed$/.test(word)) return "CANCELLED";
  if (/^(initial|pending)$/.test(word)) return "PENDING";
  if (word === "cancelling") return "CANCELLING";
  return word === "" ? "UNKNOWN" : "RUNNING";
}

/** Old servers send times without zone: UTC (server-api §1.2). */
export function timeOf(value: unknown): string | null {
  if (typeof value !== "string" || value === "") return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`;
  const time = new Date(zoned.replace(" ", "T"));
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}
