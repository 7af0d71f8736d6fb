import { isObject, type JsonObject } from "@noetl/core";
import type * as z from "zod";
import { failed } from "../outcome.ts";
import type { ToolDone } from "../tool.ts";

export type Checked<T> = { ok: true; config: T } | { ok: false; outcome: ToolDone };

/**
 * Rendered config → what the tool works on. Keys that rendered to null count as absent. All problems come at once, as one
 * `configuration` error (code `CONFIG_INVALID`): `http: 'url' is missing; 'method' must be one of GET, POST`.
 */
export function checkConfig<S extends z.ZodObject>(kind: string, schema: S, config: JsonObject): Checked<z.infer<S>> {
  const present = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  const parsed = schema.safeParse(present);
  if (parsed.success) return { ok: true, config: parsed.data };
  const problems = parsed.error.issues.map((issue) => describe(issue, present));
  const outcome = failed("configuration", `${kind}: ${problems.join("; ")}`, { code: "CONFIG_INVALID" });
  return { ok: false, outcome };
}

function describe(issue: z.core.$ZodIssue, config: unknown): string {
  const path = issue.path.map(String).join(".");
  const name = path === "" ? "the config" : `'${path}'`;
  if (valueAt(config, issue.path) === undefined && issue.code !== "custom") return `${name} is missing`;
  switch (issue.code) {
    case "invalid_type":
      return `${name} must be ${article(issue.expected)}, not ${typeName(valueAt(config, issue.path))}`;
    case "invalid_value":
      return `${name} must be one of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return `${name} has a form that is not known: ${typeName(valueAt(config, issue.path))}`;
    default:
      return path === "" ? issue.message : `${name}: ${issue.message}`;
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === "number") value = value[key];
    else if (isObject(value) && typeof key === "string" && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

const NAMES: Record<string, string> = { record: "a map", object: "a map", array: "a list", int: "an integer" };

function article(expected: string): string {
  return NAMES[expected] ?? `a ${expected}`;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
