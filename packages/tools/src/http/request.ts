import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Credential } from "../tool.ts";
import { applyAuth, basic } from "./auth.ts";
import { asText, type Body, chooseBody } from "./body.ts";
import type { HttpConfig } from "./tool.ts";

/** A request ready to be sent, any number of times. */
export interface HttpRequest {
  method: string;
  url: URL;
  /** names in lower case */
  headers: Record<string, string>;
  body: Body | undefined;
  /** names of headers that prove who asks: not sent to another origin */
  secretHeaders: ReadonlySet<string>;
}

const invalid = (message: string) => new NoetlError("validation", "CONFIG_INVALID", `http: ${message}`);

/** From rendered config (DSL §12.4). Throws `NoetlError` code `CONFIG_INVALID`, or meaning `auth`. */
export function readRequest(config: HttpConfig, auth: { [label: string]: Credential }, directory: string): HttpRequest {
  const method = (config.method ?? "GET").trim().toUpperCase();
  if (!/^[A-Z]+$/.test(method) || method === "CONNECT") throw invalid(`'${method}' is not a method`);
  const url = readUrl(config.url);
  const headers = readHeaders(config.headers ?? {});
  const inQuery = method === "GET" || method === "HEAD";
  const { body, query } = chooseBody(config, inQuery, headers, directory);
  for (const [name, value] of [...Object.entries(query), ...Object.entries(config.params ?? {})])
    addParameter(url, name, value);
  if (body?.type !== undefined) headers["content-type"] = body.type;
  const secretHeaders = new Set(["authorization", "cookie", "proxy-authorization"]);
  if (url.username !== "" || url.password !== "") {
    headers.authorization = basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
    url.username = "";
    url.password = "";
  }
  for (const credential of Object.values(auth)) applyAuth(credential, { headers, secretHeaders, url });
  return { method, url, headers, body, secretHeaders };
}

function readUrl(text: string): URL {
  const url = URL.parse(text.trim());
  if (url === null) throw invalid(`'${withoutQuery(text)}' is not an address; it must begin with http:// or https://`);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw invalid(`'${url.protocol}' addresses cannot be called`);
  url.hash = "";
  return url;
}

/** Queries carry keys and tokens: they stay out of messages. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//");
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function readHeaders(given: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue;
    const text = asText(value);
    if (!TOKEN.test(name)) throw invalid(`'${name}' is not a header name`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: line breaks in a header would start another one
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
      throw invalid(`header '${name}' holds a line break or control character`);
    headers[name.toLowerCase()] = text;
  }
  return { accept: "*/*", "user-agent": "noetl", ...headers };
}

function addParameter(url: URL, name: string, value: Json): void {
  if (value !== null) url.searchParams.append(name, asText(value));
}
