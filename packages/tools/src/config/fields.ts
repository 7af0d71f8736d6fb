import { isObject, type Json, type JsonObject } from "@noetl/core";
import { accept, type Field, makeField, type Reading, refuse } from "./field.ts";

export { object } from "./object.ts";

/*
 * Fields as rendering leaves them: a number inside mixed text is a string ("30"), a flag may be "True". A position that needs
 * a certain type converts such text (DSL §8.4), nothing else is converted.
 */

type Scalar = string | number | boolean;

/** A number, or text of one. */
export function number(description: string) {
  return makeField({ type: "number", description }, (value): Reading<number> => {
    const text = typeof value === "string" ? value.trim() : value;
    const result = typeof text === "number" || (typeof text === "string" && text !== "") ? Number(text) : Number.NaN;
    return Number.isFinite(result) ? accept(result) : refuse(`must be a number, not ${shown(value)}`);
  });
}

/** A number not below zero, in the unit that the description names. */
export function amount(description: string) {
  return number(description).refine((value) => value >= 0, "must not be negative");
}

/** A whole number not below `least`. */
export function count(description: string, least = 0) {
  return number(description).refine(
    (value) => Number.isSafeInteger(value) && value >= least,
    `must be a whole number of at least ${least}`,
  );
}

const FLAGS: { [word: string]: boolean } = {
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
  return makeField({ type: "boolean", description }, (value): Reading<boolean> => {
    const result = isScalar(value) ? FLAGS[String(value).trim().toLowerCase()] : undefined;
    return result === undefined ? refuse(`must be true or false, not ${shown(value)}`) : accept(result);
  });
}

/** Text; a number or boolean is taken as its text. */
export function text(description: string) {
  return makeField(
    { type: ["string", "number", "boolean"], description },
    (value): Reading<string> =>
      isScalar(value) ? accept(String(value)) : refuse(`must be text, not ${kindOf(value)}`),
  );
}

/** Text that says something. */
export function word(description: string) {
  return text(description).refine((value) => value.trim() !== "", "is empty");
}

/** One of some words, in any case. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return makeField({ enum: [...words], description }, (value): Reading<Words[number]> => {
    const wanted = String(value).trim().toLowerCase();
    const found = words.find((known) => known.toLowerCase() === wanted);
    return found === undefined ? refuse(`must be one of ${words.join(", ")}`) : accept(found);
  });
}

/** Any JSON but null. */
export function json(description: string) {
  return makeField<Json>({ description }, accept);
}

/** A map of anything. */
export function map(description: string) {
  return makeField(
    { type: "object", description },
    (value): Reading<JsonObject> =>
      isObject(value) ? accept(value as JsonObject) : refuse(`must be a map, not ${kindOf(value)}`),
  );
}

/** A map of text; null values are left out. */
export function textMap(description: string) {
  const schema = {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean", "null"] },
    description,
  };
  return makeField(schema, (value): Reading<{ [key: string]: string }> => {
    if (!isObject(value)) return refuse(`must be a map, not ${kindOf(value)}`);
    const entries = Object.entries(value as JsonObject).filter(([, item]) => item !== null);
    const wrong = entries.find(([, item]) => !isScalar(item));
    if (wrong) return { ok: false, problems: [{ path: [wrong[0]], text: `must be text, not ${kindOf(wrong[1])}` }] };
    return accept(Object.fromEntries(entries.map(([key, item]) => [key, String(item)])));
  });
}

/** A list of text, or one text standing for a list of one. */
export function textList(description: string) {
  const item = { type: ["string", "number", "boolean"] };
  return makeField({ anyOf: [item, { type: "array", items: item }], description }, (value): Reading<string[]> => {
    const list = Array.isArray(value) ? value : [value];
    const wrong = list.find((each) => !isScalar(each));
    return wrong === undefined ? accept(list.map(String)) : refuse(`must hold text only, not ${kindOf(wrong)}`);
  });
}

/** A list of what `item` reads. */
export function list<T>(item: Field<T>) {
  return makeField({ type: "array", items: item.schema }, (value): Reading<T[]> => {
    if (!Array.isArray(value)) return refuse(`must be a list, not ${kindOf(value)}`);
    const values: T[] = [];
    for (const [index, each] of value.entries()) {
      const reading = item.read(each);
      if (!reading.ok) {
        return {
          ok: false,
          problems: reading.problems.map(({ path, text }) => ({ path: [String(index), ...path], text })),
        };
      }
      values.push(reading.value);
    }
    return accept(values);
  });
}

/** Text and nothing that could be taken as text. */
export function string() {
  return makeField(
    { type: "string" },
    (value): Reading<string> =>
      typeof value === "string" ? accept(value) : refuse(`must be text, not ${kindOf(value)}`),
  );
}

/** The first form that fits. */
export function either<A, B, C = never>(...forms: [Field<A>, Field<B>, Field<C>?]): Field<A | B | C> {
  const known = forms.filter((form) => form !== undefined);
  return makeField<A | B | C>({ anyOf: known.map((form) => form.schema) }, (value) => {
    for (const form of known) {
      const reading = form.read(value);
      if (reading.ok) return reading;
    }
    return refuse(`has a form that is not known: ${kindOf(value)}`);
  });
}

function isScalar(value: Json): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Never the text itself where it may be a secret. */
function kindOf(value: Json): string {
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "a map" : `a ${typeof value}`;
}

function shown(value: Json): string {
  return typeof value === "string" ? `'${value.slice(0, 60)}'` : isScalar(value) ? String(value) : kindOf(value);
}
