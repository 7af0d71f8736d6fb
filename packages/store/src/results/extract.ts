import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";

const ALWAYS = ["status", "row_count", "columns"];
const STRING = 500;
const LIST = 10;
/** Rather no answer without a fetch than an event of unbounded size. */
const TOTAL = 16_384;

/**
 * What of a stored body answers `{{ s.k }}` without fetching it (DSL §21.3): top-level scalars, one level of nested ones
 * as `a_b`, `<key>_count` of lists, short lists of scalars. Only whole values: a cut one would be a wrong answer.
 */
export function extract(body: Json): JsonObject {
  if (!isObject(body)) return {};
  const found: JsonObject = {};
  let size = 0;
  const keep = (key: string, value: Json) => {
    const bytes = key.length + JSON.stringify(value).length;
    if (key in found || (size + bytes > TOTAL && !ALWAYS.includes(key))) return;
    size += bytes;
    found[key] = value;
  };
  for (const [key, value] of Object.entries(body as JsonObject)) {
    if (isSmall(value)) keep(key, value);
    else if (Array.isArray(value)) {
      if (key === "columns" || (value.length <= LIST && value.every(isSmall))) keep(key, value);
    }
  }
  // After the body's own keys, so that a derived name never hides one of them.
  for (const [key, value] of Object.entries(body as JsonObject)) {
    if (Array.isArray(value)) deriveUnlessOwn(`${key}_count`, value.length);
    else if (isObject(value)) {
      for (const [inner, item] of Object.entries(value as JsonObject)) {
        if (isSmall(item)) deriveUnlessOwn(`${key}_${inner}`, item);
      }
    }
  }
  return found;

  function deriveUnlessOwn(key: string, value: Json) {
    if (!Object.hasOwn(body as JsonObject, key)) keep(key, value);
  }
}

function isSmall(value: Json): boolean {
  if (typeof value === "string") return value.length <= STRING;
  return value === null || typeof value !== "object";
}
