import type { Json, JsonObject } from "@noetl/core";
import { z } from "zod";

/** Databases count in 63 bits; numbers of 19 digits may be compared as text. */
const LARGEST = "9223372036854775807";
const fits = (text: string) => text.length < LARGEST.length || text <= LARGEST;

/** Ids come as integers or decimal text and are text inside (server-api §1.1). */
export const id = z
  .union([
    z
      .string()
      .regex(/^\d{1,19}$/, {
        error: ({ input }) => `'${String(input).slice(0, 40)}' is no id: an id is a decimal number`,
      })
      .refine(fits, `an id is not greater than ${LARGEST}`),
    z.number().int().nonnegative(),
  ])
  .transform(String);

export const json = z.unknown().transform((value) => (value === undefined ? null : (value as Json)));
export const object = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject);

/** `5`, `"5"`: query strings carry text. */
export function count(least: number, most: number, fallback: number) {
  return z.coerce.number().int().min(least).max(most).default(fallback);
}

/** `true`, `"1"`, `"yes"`. */
export function flag(fallback: boolean) {
  return z
    .union([z.boolean(), z.string()])
    .transform((value) => value === true || /^(1|true|yes|on)$/i.test(String(value)))
    .default(fallback);
}

/** "latest", a number or its digits; undefined = the latest. */
export const version = z
  .union([z.number().int().positive(), z.string()])
  .nullish()
  .transform((value, context) => {
    if (value === undefined || value === null || value === "latest" || value === "") return undefined;
    const number = Number(value);
    if (Number.isInteger(number) && number > 0) return number;
    context.addIssue({ code: "custom", message: "a version is 'latest' or a positive number" });
    return z.NEVER;
  });

/** RFC 3339, or without a zone: then UTC (server-api §1.2). As ms since 1970. */
export const instant = z.string().transform((value, context) => {
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`;
  const time = Date.parse(zoned.replace(" ", "T"));
  if (!Number.isNaN(time)) return time;
  context.addIssue({ code: "custom", message: "not a time" });
  return z.NEVER;
});
