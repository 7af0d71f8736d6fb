import type { Json, JsonObject } from "@noetl/core";
import * as z from "zod";

/*
 * Fields as rendering leaves them: a number inside mixed text is a string ("30"), a flag may be "True". A position that needs
 * a certain type converts such text (DSL §8.4), nothing else is converted.
 */

/** A number, or text of one. */
export function number(description: string) {
  return z
    .union([z.number(), z.string()])
    .transform((value, context) => {
      const result = typeof value === "number" ? value : value.trim() === "" ? Number.NaN : Number(value);
      if (Number.isFinite(result)) return result;
      context.addIssue({ code: "custom", message: `'${value}' is not a number` });
      return z.NEVER;
    })
    .describe(description);
}

/** A number not below zero, in the unit that the description names. */
export function amount(description: string) {
  return number(description).refine((value) => value >= 0, { error: "must not be negative" });
}

/** A whole number not below `least`. */
export function count(description: string, least = 0) {
  return number(description).refine((value) => Number.isSafeInteger(value) && value >= least, {
    error: `must be a whole number of at least ${least}`,
  });
}

const FLAGS: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** A boolean, or its text in any case; `yes`, `no`, `on`, `off`, 0 and 1 as well. */
export function flag(description: string) {
  return z
    .union([z.boolean(), z.string(), z.number()])
    .transform((value, context) => {
      const result = typeof value === "boolean" ? value : FLAGS[String(value).trim().toLowerCase()];
      if (result !== undefined) return result;
      context.addIssue({ code: "custom", message: `'${value}' is not true or false` });
      return z.NEVER;
    })
    .describe(description);
}

/** Text; a number or boolean is taken as its text. */
export function text(description: string) {
  return z.union([z.string(), z.number(), z.boolean()]).transform(String).describe(description);
}

/** Text that says something. */
export function word(description: string) {
  return text(description).refine((value) => value.trim() !== "", { error: "is empty" });
}

/** One of some words, in any case. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  const schema = z.string().transform((value, context): Words[number] => {
    const found = words.find((known) => known.toLowerCase() === value.trim().toLowerCase());
    if (found !== undefined) return found;
    context.addIssue({ code: "custom", message: `must be one of ${words.join(", ")}` });
    return z.NEVER;
  });
  return schema.meta({ description, examples: [...words] });
}

/** Any JSON. */
export function json(description: string) {
  return z.custom<Json>((value) => value !== undefined).meta({ description });
}

/** A map of anything. */
export function map(description: string) {
  return z
    .custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
      error: "must be a map",
    })
    .meta({ description, type: "object" });
}

/** A map of text; null values are left out. */
export function textMap(description: string) {
  return z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .transform((values) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])),
      ),
    )
    .describe(description);
}

/** A list of text, or one text standing for a list of one. */
export function textList(description: string) {
  const item = z.union([z.string(), z.number(), z.boolean()]);
  return z
    .union([item, z.array(item)])
    .transform((value) => (Array.isArray(value) ? value : [value]).map(String))
    .describe(description);
}
