import { type ZodType, z } from "zod";
import type { Route } from "./route.ts";

type Schema = { [key: string]: unknown };

/** OpenAPI 3.1 of the routes: their shapes are the schemas that check requests. */
export function openApi(routes: readonly Route[], info: { version: string }) {
  const paths: { [path: string]: { [method: string]: unknown } } = {};
  for (const each of routes) {
    const path = each.path.replaceAll(/:(\w+)/g, "{$1}").replaceAll("*", "{path}");
    for (const method of typeof each.method === "string" ? [each.method] : each.method) {
      paths[path] = { ...paths[path], [method.toLowerCase()]: operation(each, path, method) };
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: "NoETL control plane", version: info.version },
    paths,
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
  };
}

function operation(route: Route, path: string, method: string) {
  const { params, query } = route.schemas;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: properties(schemaOf(params))[name] ?? { type: "string" },
  }));
  const queryShape = schemaOf(query);
  const inQuery = Object.entries(properties(queryShape)).map(([name, schema]) => ({
    name,
    in: "query",
    required: Array.isArray(queryShape.required) && queryShape.required.includes(name),
    schema,
  }));
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, "_")}`,
    tags: [route.tag],
    summary: route.summary,
    parameters: [...inPath, ...inQuery],
    ...bodyOf(route, method),
    ...(route.guard === "open" ? {} : { security: [{ bearer: [] }] }),
    responses: { 200: { description: "done" }, default: { description: "{error, detail, status, code}" } },
  };
}

function bodyOf(route: Route, method: string) {
  if (method === "GET") return {};
  if (route.raw) return { requestBody: { content: { "application/octet-stream": {} } } };
  const schema = schemaOf(route.schemas.body);
  return Object.keys(schema).length === 0 ? {} : { requestBody: { content: { "application/json": { schema } } } };
}

function schemaOf(schema: ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
  return rest;
}

function properties(schema: Schema): { [name: string]: unknown } {
  const { properties: found } = schema;
  return typeof found === "object" && found !== null ? (found as { [name: string]: unknown }) : {};
}
