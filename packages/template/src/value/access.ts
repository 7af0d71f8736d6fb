import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { View } from "../types.ts";
import { TOLERANT, VIEW } from "../types.ts";
import { characterAt } from "./characters.ts";
import { plain, typeName } from "./kind.ts";
import { asNumber, isInteger } from "./number.ts";

/** `a.k` and `a['k']` for a key known when the template is compiled: own properties only; nil → undefined. */
export function member(object: unknown, key: string): unknown {
  if (typeof object !== "object" || object === null) return undefined;
  if ((object as Partial<View>)[VIEW] === true) return (object as View).attribute(key);
  if (Array.isArray(object) || (object as { [TOLERANT]?: true })[TOLERANT] === true) return undefined;
  const value = Object.hasOwn(object, key) ? (object as { [key: string]: unknown })[key] : undefined;
  return typeof value === "function" ? undefined : value;
}

/** `a[0]`, `a.0`: item of a list or text from either end, else the key of a map. */
export function element(object: unknown, index: number): unknown {
  if (Array.isArray(object)) return object.at(index);
  if (typeof object === "string") return characterAt(object, index);
  if (typeof object !== "object" || object === null) return undefined;
  if ((object as Partial<View>)[VIEW] === true) return (object as View).attribute(index);
  const text = plain(object);
  return typeof text === "string" ? characterAt(text, index) : member(object, String(index));
}

/** `a[expr]` */
export function item(object: unknown, key: unknown, at: At): unknown {
  const k = plain(key);
  if (typeof k === "string") return member(object, k);
  const number = asNumber(k);
  if (number !== undefined && isInteger(number)) return element(object, Number(number));
  if (k === undefined || k === null || object === undefined || object === null) return undefined;
  if (number !== undefined && !Array.isArray(object) && typeof object === "object")
    return member(object, String(number));
  return fail(at, "E_TPL_TYPE", `${typeName(k)} is no key or index`);
}
