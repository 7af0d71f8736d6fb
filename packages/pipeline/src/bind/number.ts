import type { Json } from "@noetl/core";
import { failure } from "../run/failure.ts";

/**
 * A rendered number field: a number, or text that reads as one; null and '' are absent. Error kind `configuration` when
 * it is anything else, or below `min` (DSL §8.4, §22).
 */
export function numberField(value: Json | undefined, what: string, min = 0): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number) || number < min) {
    const found = typeof value === "object" ? "a list or map" : `'${String(value)}'`;
    throw failure("configuration", "CONFIG_INVALID", `${what} must be a number of at least ${min}, but is ${found}`);
  }
  return number;
}

/** The same for fields that count things. */
export function countField(value: Json | undefined, what: string, fallback: number, min = 1): number {
  const number = numberField(value, what, min);
  if (number === undefined) return fallback;
  if (!Number.isInteger(number)) {
    throw failure("configuration", "CONFIG_INVALID", `${what} must be a whole number, but is ${number}`);
  }
  return number;
}

/** A rendered boolean field; text as in conditions of other tools: `true`, `1`, `yes`, `on`. */
export function flagField(value: Json | undefined): boolean {
  if (typeof value === "string") return ["true", "1", "yes", "on"].includes(value.trim().toLowerCase());
  return Boolean(value);
}
