import { type Json, NoetlError } from "@noetl/core";
import { renderTree } from "@noetl/scope";
import type { Names } from "@noetl/template";
import { renderOptions, type Sight } from "./sight.ts";

/**
 * A number of the document that may be a template (DSL §22); `undefined` when it is absent or renders to nothing.
 * Throws `validation` E_TIMEOUT_VALUE when it is no number or below `least`.
 */
export function numberAt(
  sight: Sight,
  names: Names,
  value: Json | undefined,
  { name, least, whole = false }: { name: string; least: number; whole?: boolean },
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const rendered =
    typeof value === "string"
      ? renderTree(sight.templates, value, names, { ...renderOptions(sight), position: "data" })
      : value;
  if (rendered === null || rendered === "") return undefined;
  const number = typeof rendered === "string" ? Number(rendered.trim()) : rendered;
  if (typeof number !== "number" || Number.isNaN(number) || number < least || (whole && !Number.isInteger(number))) {
    const kind = whole ? "a whole number" : "a number";
    throw new NoetlError("validation", "E_TIMEOUT_VALUE", `${name} is ${JSON.stringify(rendered)}`, {
      hint: `it must be ${kind}, at least ${least}`,
    });
  }
  return number;
}
