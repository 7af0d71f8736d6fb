import { isObject, type Json, type JsonObject } from "@noetl/core";
import { accept, type Field, type Fields, makeField, type Problem, type Read, type Reading, refuse } from "./field.ts";

/** A map with these keys. Null counts as absent; keys that nobody knows stay as they are. */
export function object<F extends Fields>(fields: F): Field<Read<F>> {
  return makeField(schemaOf(fields), (value: Json): Reading<Read<F>> => {
    if (!isObject(value)) return refuse("must be a map");
    const given = value as JsonObject;
    // Pairs, not assignments: a key named `__proto__` must be a key like any other.
    const result: [string, unknown][] = Object.entries(given).filter(
      ([key, each]) => each !== null && !Object.hasOwn(fields, key),
    );
    const problems: Problem[] = [];
    for (const [key, field] of Object.entries(fields)) {
      const item = Object.hasOwn(given, key) ? given[key] : undefined;
      if (item === undefined || item === null) {
        if (!field.isOptional) problems.push({ path: [key], text: "is missing" });
        continue;
      }
      const reading = field.read(item);
      if (reading.ok) result.push([key, reading.value]);
      else for (const { path, text } of reading.problems) problems.push({ path: [key, ...path], text });
    }
    return problems.length > 0 ? { ok: false, problems } : accept(Object.fromEntries(result) as Read<F>);
  });
}

function schemaOf(fields: Fields): JsonObject {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => !field.isOptional).map(([key]) => key);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([key, field]) => [key, field.schema])),
    ...(required.length > 0 ? { required } : {}),
  };
}
