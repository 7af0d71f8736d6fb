import { basename, resolve } from "node:path";
import { Readable } from "node:stream";
import { isObject, type Json, type JsonObject } from "@noetl/core";
import { multipart } from "./multipart.ts";
import type { HttpConfig } from "./tool.ts";

/** What is sent; `multipart` is built anew for each sending. `type` is the Content-Type it needs. */
export type Body = { type?: string } & ({ text: string } | { multipart: Part[] });

export interface Part {
  name: string;
  filename?: string;
  contentType?: string;
  content: string | Buffer | { path: string };
}

const FORM = "application/x-www-form-urlencoded";

/**
 * The body, first present wins: `json`, `form`, `body`, `data`, `payload` (DSL §12.4); and what `data` and `payload` put
 * into the query. `inQuery`: the method has no body of its own, so their maps go there. `data: {query: MAP, body}`
 * gives both. Content types are not overridden, except that of multipart, which must name its boundary.
 */
export function chooseBody(
  config: HttpConfig,
  inQuery: boolean,
  headers: Record<string, string>,
  directory: string,
): { body: Body | undefined; query: JsonObject } {
  const query: JsonObject = {};
  const candidates: [source: string, value: Json | undefined][] = [
    ["json", config.json],
    ["form", config.form],
    ["body", config.body],
  ];
  for (const source of ["data", "payload"] as const) {
    const value = config[source];
    const parts = source === "data" ? splitData(value) : undefined;
    if (parts !== undefined) {
      Object.assign(query, parts.query);
      candidates.push([source, parts.body]);
    } else if (inQuery && isObject(value)) Object.assign(query, value);
    else candidates.push([source, value]);
  }
  const [source, value] = candidates.find(([, one]) => one !== undefined && one !== null) ?? [];
  if (source === undefined || value === undefined) return { body: undefined, query };
  return { body: bodyOf(source, value, headers, directory), query };
}

/** Only `query` and `body`, and `query` a map: a GraphQL document has its query as text. */
function splitData(value: Json | undefined): { query: JsonObject; body: Json | undefined } | undefined {
  if (!isObject(value)) return undefined;
  const data = value as JsonObject;
  const keys = Object.keys(data);
  const split =
    keys.length > 0 &&
    keys.every((key) => key === "query" || key === "body") &&
    (data.query === undefined || isObject(data.query));
  if (!split) return undefined;
  return { query: isObject(data.query) ? (data.query as JsonObject) : {}, body: data.body };
}

function bodyOf(source: string, value: Json, headers: Record<string, string>, directory: string): Body {
  const given = headers["content-type"]?.toLowerCase() ?? "";
  const typed = (type: string) => (given === "" ? { type } : {});
  if (source === "json") return { text: JSON.stringify(value), ...typed("application/json") };
  const isForm = source === "form" || given.startsWith(FORM);
  if (isForm && isObject(value)) return { text: urlEncoded(value as JsonObject), ...typed(FORM) };
  if (given.startsWith("multipart/form-data") && isObject(value)) {
    delete headers["content-type"];
    return { multipart: Object.entries(value as JsonObject).flatMap(([name, one]) => partsOf(name, one, directory)) };
  }
  if (typeof value !== "string") return { text: JSON.stringify(value), ...typed("application/json") };
  return {
    text: value,
    ...typed(source === "form" ? FORM : looksLikeJson(value) ? "application/json" : "text/plain; charset=utf-8"),
  };
}

function looksLikeJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function urlEncoded(fields: JsonObject): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.append(name, asText(value));
  return form.toString();
}

/** A field is text, or a file: `{content | base64 | path, filename?, content_type?}`; a list repeats its name. */
function partsOf(name: string, value: Json, directory: string): Part[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => partsOf(name, one, directory));
  if (!isObject(value)) return [{ name, content: String(value) }];
  const { content, base64, path, filename, content_type } = value as JsonObject;
  const part = {
    name,
    filename: typeof filename === "string" ? filename : typeof path === "string" ? basename(path) : "file",
    ...(typeof content_type === "string" ? { contentType: content_type } : {}),
  };
  if (typeof path === "string") return [{ ...part, content: { path: resolve(directory, path) } }];
  if (typeof base64 === "string") return [{ ...part, content: Buffer.from(base64, "base64") }];
  if (typeof content === "string") return [{ ...part, content }];
  return [{ name, contentType: "application/json", content: JSON.stringify(value) }];
}

/** The body as `undici` sends it, with the headers it needs. Throws as `multipart` does. */
export async function sendable(body: Body | undefined): Promise<{ body: string | Readable | null; headers: Headers }> {
  if (body === undefined) return { body: null, headers: {} };
  if ("text" in body) return { body: body.text, headers: {} };
  const form = await multipart(body.multipart);
  const headers = { "content-type": form.type, "content-length": String(form.size) };
  return { body: Readable.fromWeb(form.stream()), headers };
}

type Headers = Readonly<Record<string, string>>;

/** Scalars as text, containers as JSON (DSL §12.4). */
export function asText(value: Json): string {
  return Array.isArray(value) || isObject(value) ? JSON.stringify(value) : String(value);
}
