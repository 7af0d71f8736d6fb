import { isObject } from "@noetl/core";
import { overlaySchema } from "../config/index.ts";
import { yamlText } from "../manifests/print.ts";
import { withValue } from "./values.ts";

type Schema = { [key: string]: unknown };

/** values.yaml, each value with what the schema of `noetl.k8s.yaml` says of it. */
export function valuesText(values: ReadonlyMap<string, unknown>): string {
  const lines = yamlText(nested(values)).split("\n");
  const path: string[] = [];
  const schema = overlaySchema();
  const out = lines.flatMap((line) => {
    const [, indent = "", key] = /^( *)([\w"'-]+):/.exec(line) ?? [];
    if (key === undefined) return [line];
    path.splice(indent.length / 2, path.length, key.replaceAll(/["']/g, ""));
    const { description } = schemaAt(schema, path) ?? {};
    return typeof description === "string" ? [`${indent}# ${description}`, line] : [line];
  });
  return ["# Made by noetl k8s render --format helm; the names are those of noetl.k8s.yaml.", ...out].join("\n");
}

/** values.schema.json: the same shapes, of the values there are. Helm puts `global` in by itself. */
export function valuesSchema(values: ReadonlyMap<string, unknown>): Schema {
  const tree = schemaOf(overlaySchema(), nested(values), []);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Values of the NoETL chart",
    ...tree,
    properties: { ...(tree.properties as Schema), global: { type: "object" } },
  };
}

function schemaOf(schema: Schema, value: unknown, path: string[]): Schema {
  if (!isObject(value)) return schemaAt(schema, path) ?? {};
  const properties = Object.entries(value).map(([key, each]) => [key, schemaOf(schema, each, [...path, key])]);
  const { description } = schemaAt(schema, path) ?? {};
  return {
    type: "object",
    ...(typeof description === "string" && { description }),
    additionalProperties: false,
    properties: Object.fromEntries(properties) as Schema,
  };
}

/** The part of the schema of `noetl.k8s.yaml` a path leads to. */
function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  let at: Schema | undefined = schema;
  for (const key of path) {
    const properties = at?.properties as { [key: string]: Schema } | undefined;
    const next: unknown = properties?.[key] ?? at?.additionalProperties;
    at = isObject(next) ? plain(next) : undefined;
  }
  return at;
}

/** A schema that also allows null, without that, when what is left has parts. */
function plain(schema: Schema): Schema {
  const options = schema.anyOf as Schema[] | undefined;
  const object = options?.find((each) => each.properties !== undefined);
  return object ?? schema;
}

function nested(values: ReadonlyMap<string, unknown>): Schema {
  return [...values].reduce<Schema>((found, [path, value]) => withValue(found, path, value), {});
}
