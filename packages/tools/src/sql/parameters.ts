import { isObject, type Json, type JsonObject } from "@noetl/core";
import { sqlTokens } from "./scan.ts";

export interface BoundSql {
  text: string;
  values: Json[];
}

/** Names used in the SQL that the `params` map does not have. */
export class MissingParameters extends Error {
  readonly names: string[];
  constructor(names: string[]) {
    super(`no value for parameter${names.length > 1 ? "s" : ""} ${names.map((name) => `:${name}`).join(", ")}`);
    this.names = names;
  }
}

/**
 * `:name` and `%(name)s` (outside quotes and comments) become `$1…` with their values in that order; an array is bound as
 * it stands. `::type` is a cast, `[1:2]` a slice: only a colon before a letter or `_`, and not after another colon, names
 * a parameter. Throws `MissingParameters`.
 */
export function bindParameters(sql: string, params: Json[] | JsonObject | undefined): BoundSql {
  if (params === undefined || Array.isArray(params)) return { text: sql, values: params ?? [] };
  const positions = new Map<string, number>();
  const missing = new Set<string>();
  const text = replaceNames(sql, (name) => {
    if (!Object.hasOwn(params, name)) missing.add(name);
    if (!positions.has(name)) positions.set(name, positions.size + 1);
    return `$${positions.get(name)}`;
  });
  if (missing.size > 0) throw new MissingParameters([...missing]);
  return { text, values: [...positions.keys()].map((name) => params[name] ?? null) };
}

const PYTHON_NAME = /%\(([^()]+)\)s/y;
const NAME = /^[\p{L}_]/u;

function replaceNames(sql: string, placeholder: (name: string) => string): string {
  let out = "";
  let copied = 0;
  let colon = -1;
  const tokens = sqlTokens(sql);
  for (const { kind, start, end } of tokens) {
    if (start < copied) continue;
    const char = kind === "other" ? sql.charAt(start) : "";
    if (char === ":") {
      colon = sql.charAt(start - 1) === ":" ? -1 : start;
      continue;
    }
    if (kind === "word" && colon === start - 1 && colon >= 0 && NAME.test(sql.slice(start, end))) {
      out += sql.slice(copied, colon) + placeholder(sql.slice(start, end));
      copied = end;
    }
    colon = -1;
    if (char !== "%") continue;
    PYTHON_NAME.lastIndex = start;
    const match = PYTHON_NAME.exec(sql);
    if (match?.[1] === undefined) continue;
    out += sql.slice(copied, start) + placeholder(match[1]);
    copied = PYTHON_NAME.lastIndex;
  }
  return out + sql.slice(copied);
}

/** `params` as authors write it: a list, a map, or absent; anything else is refused with its type. */
export function readParams(value: Json | undefined): Json[] | JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (isObject(value)) return Object.keys(value).length === 0 ? undefined : value;
  throw new TypeError(`params must be a list or a map, not ${typeof value}`);
}
