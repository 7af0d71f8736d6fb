import type { Json, JsonObject } from "@noetl/core";

/** Own property; `constructor` and `__proto__` are keys like others. */
export function own(map: { readonly [key: string]: unknown }, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A shallow copy with one key set. */
export function withKey(map: JsonObject, key: string, value: Json): JsonObject {
  const copy = { ...map };
  if (key === "__proto__") {
    Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  } else copy[key] = value;
  return copy;
}
