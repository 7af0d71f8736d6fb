import type { Format } from "./format.ts";

/** A result as one document: compact JSON on one line, or YAML. 64-bit integers print as strings of digits. */
export async function documentText(value: unknown, format: Exclude<Format, "text">): Promise<string> {
  if (format === "json") return `${JSON.stringify(value ?? null, digits)}\n`;
  const { stringify } = await import("yaml");
  return stringify(JSON.parse(JSON.stringify(value ?? null, digits)), { lineWidth: 0 });
}

function digits(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
