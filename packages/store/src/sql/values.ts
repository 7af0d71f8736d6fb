import type { Json, JsonObject } from "@noetl/core";

/** The latest: the rows of one write share their time, and writing it out costs as much as the rest of a row. */
let written = { ms: 0, text: new Date(0).toISOString() };

/** Milliseconds to what both databases store: RFC 3339 text, UTC. */
export function at(ms: number): string;
export function at(ms: number | null): string | null;
export function at(ms: number | null): string | null {
  if (ms === null) return null;
  if (ms !== written.ms) written = { ms, text: new Date(ms).toISOString() };
  return written.text;
}

/** Milliseconds of a time column. */
export function ms(value: unknown): number {
  return typeof value === "number" ? value : Date.parse(String(value));
}

export function msOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : ms(value);
}

export function text(value: unknown): string {
  return String(value);
}

export function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

export function int(value: unknown): number {
  return Number(value);
}

export function intOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** SQLite keeps truth as 0 and 1. */
export function bool(value: unknown): boolean {
  return value === true || value === 1n || value === 1;
}

/** JSON columns arrive as their text from both databases. */
export function json(value: unknown): Json {
  return value === null || value === undefined ? null : (JSON.parse(String(value)) as Json);
}

export function jsonObject(value: unknown): JsonObject {
  const parsed = json(value);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : {};
}

export function jsonObjectOrNull(value: unknown): JsonObject | null {
  return value === null || value === undefined ? null : jsonObject(value);
}

/** A list of text: an array in PostgreSQL, JSON text in SQLite. */
export function texts(value: unknown): string[] {
  const items = typeof value === "string" ? json(value) : value;
  return Array.isArray(items) ? items.map(String) : [];
}

/** JSON text of a value; absent is SQL NULL. */
export function toJson(value: Json | undefined): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
