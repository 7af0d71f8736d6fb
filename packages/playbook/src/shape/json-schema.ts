import type { JsonObject } from "@noetl/core";
import type { ToolCatalog } from "../tool-spec.ts";
import type { SchemaMaking, Shape } from "./shape.ts";

/** Text that holds a template. */
export const TEMPLATE: JsonObject = { type: "string", pattern: "\\{[{%#]" };

/**
 * JSON Schema, draft 2020-12, of a shape. `strict` describes the current language alone; otherwise old forms and unknown
 * keys are accepted as well, as the `default` profile does.
 */
export function jsonSchema(shape: Shape, options: { strict: boolean; tools: ToolCatalog; title: string }): JsonObject {
  const definitions: JsonObject = {};
  const making: SchemaMaking = {
    strict: options.strict,
    tools: options.tools,
    make(inner) {
      const id = inner.id;
      if (id === undefined) return described(inner, making);
      if (definitions[id] === undefined) {
        definitions[id] = {}; // a recursive shape meets its own name
        definitions[id] = described(inner, making);
      }
      return { $ref: `#/$defs/${id}` };
    },
  };
  const root = described(shape, making);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: options.title,
    ...root,
    $defs: definitions,
  };
}

function described(shape: Shape, making: SchemaMaking): JsonObject {
  const base = body(shape, making);
  const full =
    shape.legacy === undefined || making.strict ? base : { anyOf: [base, ...shape.legacy.map(markDeprecated)] };
  return shape.description === undefined ? full : { description: shape.description, ...full };
}

function markDeprecated(schema: JsonObject): JsonObject {
  return { ...schema, deprecated: true };
}

function body(shape: Shape, making: SchemaMaking): JsonObject {
  switch (shape.type) {
    case "any":
      return {};
    case "custom":
      return shape.schema(making);
    case "text":
      return { type: ["string", "number", "boolean"], ...(shape.min ? { minLength: shape.min } : {}) };
    case "word":
      return shape.templated ? { anyOf: [{ enum: [...shape.words] }, TEMPLATE] } : { enum: [...shape.words] };
    case "flag":
      return { anyOf: [{ type: "boolean" }, { type: "string", pattern: "\\{[{%#]|^([Tt]rue|TRUE|[Ff]alse|FALSE)$" }] };
    case "number":
      return {
        anyOf: [
          { type: shape.integer ? "integer" : "number", ...(shape.min === undefined ? {} : { minimum: shape.min }) },
          { type: "string", pattern: "\\{[{%#]|^\\s*[0-9.]" },
        ],
      };
    case "cond":
      return {
        anyOf: [
          { type: ["string", "boolean", "null"] },
          { type: "array", items: { type: ["string", "boolean", "null"] } },
        ],
      };
    case "dict": {
      const map: JsonObject = { type: ["object", "null"] };
      if (shape.values) map.additionalProperties = nullable(making.make(shape.values));
      return shape.templated ? { anyOf: [map, TEMPLATE] } : map;
    }
    case "keys":
      return keysBody(shape, making);
    case "list": {
      const items = making.make(shape.items);
      const array: JsonObject = { type: "array", items, ...(shape.min ? { minItems: shape.min } : {}) };
      return shape.orOne ? { anyOf: [array, items] } : array;
    }
  }
}

function keysBody(shape: Shape & { type: "keys" }, making: SchemaMaking): JsonObject {
  const properties: JsonObject = {};
  const required = Object.keys(shape.required ?? {});
  for (const [key, field] of Object.entries(shape.keys)) {
    const made = making.make(field);
    properties[key] = required.includes(key) ? made : nullable(made);
  }
  if (!making.strict) {
    for (const [key, description] of Object.entries(shape.legacyKeys ?? {})) {
      properties[key] ??= { description, deprecated: true };
    }
  }
  const renamed = !making.strict && shape.legacyKeys !== undefined;
  return {
    type: "object",
    properties,
    ...(required.length > 0 && !renamed ? { required } : {}),
    ...(shape.open || !making.strict ? {} : { additionalProperties: false }),
  };
}

/** `key:` with nothing behind it is as good as no key. */
function nullable(schema: JsonObject): JsonObject {
  if (Object.keys(schema).length === 0) return schema;
  const { description, ...rest } = schema;
  const types = rest.type;
  if (types === "object" || types === "array") {
    return { ...(description === undefined ? {} : { description }), ...rest, type: [types, "null"] };
  }
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { type: "null" }] };
}
