import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";

/** What token production needs of its host. */
export interface TokenHost {
  /** milliseconds since 1970 */
  now(): number;
  processEnv: { readonly [name: string]: string | undefined };
  fetch: typeof fetch;
  signal?: AbortSignal;
}

export interface Token {
  token: string;
  /** ms since 1970 */
  expires_at: number;
  /** fields of the answer, for keychain entries */
  fields: JsonObject;
}

/** Statuses after which the same request may succeed (DSL §9.2). */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface AnswerOptions {
  what: string;
  url: string;
  init: RequestInit;
}

/** Text of an answer in the 200s. Meanings: `unavailable` when it may work later, `auth` when it will not. */
export async function request(host: TokenHost, options: AnswerOptions): Promise<string> {
  const { what, url } = options;
  let response: Response;
  try {
    const limit = AbortSignal.timeout(30_000);
    const signal = host.signal ? AbortSignal.any([host.signal, limit]) : limit;
    response = await host.fetch(url, { ...options.init, signal });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const origin = URL.canParse(url) ? new URL(url).origin : "its address";
    throw new NoetlError("unavailable", "CREDENTIAL_UNREACHABLE", `${what}: ${origin} cannot be reached: ${reason}`, {
      cause: error,
    });
  }
  const text = await response.text();
  if (response.ok) return text;
  const meaning = TRANSIENT.has(response.status) ? "unavailable" : response.status === 404 ? "not_found" : "auth";
  throw new NoetlError(meaning, `HTTP_${response.status}`, `${what}: HTTP ${response.status}${saidWhy(text)}`);
}

/** JSON object of an answer in the 200s. */
export async function answer(host: TokenHost, options: AnswerOptions): Promise<JsonObject> {
  const text = await request(host, options);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NoetlError("terminal", "CREDENTIAL_ANSWER", `${options.what}: the answer is not JSON`, { cause: error });
  }
  if (!isObject(value)) {
    throw new NoetlError("terminal", "CREDENTIAL_ANSWER", `${options.what}: the answer is not a JSON object`);
  }
  return value as JsonObject;
}

/** OAuth's own words for what went wrong; the rest of a body might quote secrets. */
function saidWhy(text: string): string {
  const error = /"error(?:_description)?"\s*:\s*"([^"]{1,200})"/.exec(text);
  return error ? ` (${error[1]})` : "";
}

/** The token of an OAuth answer: `field`, living `expires_in` seconds (an hour when it does not say). */
export function readToken(
  host: TokenHost,
  what: string,
  fields: JsonObject,
  names: { token?: string; ttl?: string } = {},
): Token {
  const { token: field = "access_token", ttl = "expires_in" } = names;
  const token = valueAt(fields, field);
  if (typeof token !== "string" || token === "") {
    throw new NoetlError("auth", "CREDENTIAL_ANSWER", `${what}: the answer has no '${field}'`);
  }
  const seconds = Number(valueAt(fields, ttl));
  const life = Number.isFinite(seconds) && seconds > 0 ? seconds : 3_600;
  return { token, expires_at: host.now() + life * 1_000, fields };
}

function valueAt(fields: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = fields;
  for (const key of path.split(".")) {
    value = isObject(value) && Object.hasOwn(value, key) ? (value[key] as Json) : undefined;
  }
  return value;
}

export function form(fields: { [name: string]: string | undefined }): RequestInit {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) body.set(name, value);
  return { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: body.toString() };
}

/** A field that has to be there as text. Meaning `auth`. */
export function textField(data: JsonObject, names: readonly string[], what: string): string {
  for (const name of names) {
    const value = data[name];
    if (typeof value === "string" && value !== "") return value;
  }
  throw new NoetlError("auth", "CREDENTIAL_FIELD", `${what} has no '${names[0]}'`);
}
