import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { parse } from "yaml";

export interface PayloadInput {
  /** `--input`: an object from a file */
  input?: JsonObject;
  /** `--payload` */
  payload?: JsonObject;
  /** `--set KEY=VALUE`, typed by the declared default */
  sets: readonly string[];
  /** `--set-string KEY=VALUE`, always text */
  setStrings: readonly string[];
  /** `--merge`: maps are merged instead of replaced */
  merge: boolean;
  /** `workload` as the playbook declares it */
  declared: JsonObject;
}

export interface Payload {
  payload: JsonObject;
  merge: "shallow" | "deep";
  /** what was taken otherwise than it looks */
  warnings: string[];
}

/**
 * The payload of a run: input file, then `--payload`, then `--set` (DSL §6, decision 36). A dotted `--set` changes one
 * entry of a map and keeps its siblings. Throws meaning `validation`.
 */
export function payloadOf(options: PayloadInput): Payload {
  const { input = {}, payload = {}, declared } = options;
  const base = options.merge ? mergeDeep(input, payload) : { ...input, ...payload };
  const result = structuredClone(base);
  let deep = options.merge;
  const warnings: string[] = [];
  const assignments = [
    ...options.sets.map((text) => ({ ...splitSet(text, "--set"), typed: true })),
    ...options.setStrings.map((text) => ({ ...splitSet(text, "--set-string"), typed: false })),
  ];
  for (const { path, text, typed } of assignments) {
    const value = typed ? typedValue(text, valueAt(declared, path)) : text;
    if (typed && value === text && /^[[{]/.test(text) && typeof valueAt(declared, path) !== "string") {
      warnings.push(`--set ${path.join(".")}: ${text} is no valid list or map and is taken as text`);
    }
    const [top = "", ...inner] = path;
    if (inner.length === 0) {
      result[top] = value;
      continue;
    }
    if (!isObject(result[top])) {
      const siblings = result[top] === undefined ? declared[top] : undefined;
      if (!isObject(siblings) || deep) result[top] = {};
      else if (!holdsTemplate(siblings)) result[top] = structuredClone(siblings as JsonObject);
      else {
        // Templates of the workload are rendered by the engine, never those of a payload: the engine has to merge.
        if (Object.values(base).some(isObject)) throw needsMerge(top);
        deep = true;
        result[top] = {};
      }
    }
    assignAt(result[top] as JsonObject, inner, value);
  }
  return { payload: result, merge: deep ? "deep" : "shallow", warnings };
}

function splitSet(text: string, flag: string): { path: string[]; text: string } {
  const equals = text.indexOf("=");
  const key =
    equals === -1
      ? ""
      : text
          .slice(0, equals)
          .trim()
          .replace(/^workload\./, "");
  const path = key.split(".");
  if (path.some((segment) => segment === "" || segment === "__proto__")) {
    throw new NoetlError("validation", "E_SET", `${flag} ${text}: KEY=VALUE is needed`, {
      hint: "for example --set limit=5 or --set db.host=localhost",
    });
  }
  return { path, text: text.slice(equals + 1) };
}

/** A declared text keeps text; everything else is read as a YAML value and stays text when that fails (DSL §6). */
function typedValue(text: string, declared: Json | undefined): Json {
  if (typeof declared === "string" || text === "") return text;
  try {
    const value: unknown = parse(text, { intAsBigInt: true });
    const typed = toJson(value);
    return typed === undefined ? text : typed;
  } catch (error) {
    if (error instanceof Error) return text;
    throw error;
  }
}

/** Integers that a number cannot hold stay digits. */
function toJson(value: unknown): Json | undefined {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item) ?? null]));
  return value === undefined || value instanceof Date ? undefined : (value as Json);
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value;
  for (const segment of path) at = isObject(at) ? (at as JsonObject)[segment] : undefined;
  return at;
}

function assignAt(target: JsonObject, path: readonly string[], value: Json): void {
  const [key = "", ...inner] = path;
  if (inner.length === 0) {
    target[key] = value;
    return;
  }
  if (!isObject(target[key])) target[key] = {};
  assignAt(target[key] as JsonObject, inner, value);
}

function holdsTemplate(value: Json): boolean {
  if (typeof value === "string") return value.includes("{{") || value.includes("{%");
  return value !== null && typeof value === "object" && Object.values(value).some(holdsTemplate);
}

function mergeDeep(low: JsonObject, high: JsonObject): JsonObject {
  const result = { ...low };
  for (const [key, value] of Object.entries(high)) {
    const below = result[key];
    result[key] = isObject(below) && isObject(value) ? mergeDeep(below as JsonObject, value as JsonObject) : value;
  }
  return result;
}

function needsMerge(key: string): NoetlError {
  return new NoetlError(
    "validation",
    "E_SET",
    `--set ${key}.… changes one entry of a map whose other entries are templates, beside a map in --payload or --input`,
    { hint: "add --merge, so that maps are merged instead of replaced" },
  );
}
