import type { JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";

/**
 * Fields that say where and as whom, not how to get in: masking `localhost` or `postgres` everywhere would hide the data
 * of honest steps and protect nothing.
 */
const OPEN = new Set(
  (
    "host hostname port database dbname name schema user username sslmode type header header_name param query_param " +
    "account warehouse role region location project project_id client_id key_id access_key_id tenant_id scope scopes " +
    "service inject source endpoint auth_uri token_uri token_url auth_provider_x509_cert_url client_x509_cert_url " +
    "client_email universe_domain token_type expires_in target_audience audience bucket namespace description driver"
  ).split(" "),
);
const PREFIX = /^(db|sf|nats|pg|aws|gcp|azure)_/;

/** The strings of a credential (or keychain entry) that must never be shown: everything but its open fields. */
export function secretValues(data: JsonObject): string[] {
  const found: string[] = [];
  for (const [key, value] of Object.entries(data)) collect(key, value, found);
  return found;
}

function collect(key: string, value: unknown, found: string[]): void {
  if (Array.isArray(value)) for (const item of value) collect(key, item, found);
  else if (isObject(value)) for (const [inner, item] of Object.entries(value)) collect(inner, item, found);
  else if (typeof value === "string") {
    const login = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s:]*:([^/?#@\s]+)@/i.exec(value);
    const name = key.toLowerCase();
    if (login?.[1] !== undefined) found.push(value, login[1], decode(login[1]));
    else if (/url$|uri$|^dsn$/.test(name) && /^[a-z][a-z0-9+.-]*:\/\//i.test(value)) found.push(...urlSecrets(value));
    else if (!OPEN.has(name) && !OPEN.has(name.replace(PREFIX, ""))) found.push(value, ...keywordPassword(value));
  } else if (typeof value === "number" && /pass|pin|secret|token/i.test(key)) found.push(String(value));
}

/** A web hook carries its secret in path or query. */
function urlSecrets(url: string): string[] {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  return rest.length > 1 && /[?&=]|[A-Za-z0-9_-]{20,}/.test(rest) ? [url] : [];
}

/** `host=… password=secret` as libpq writes it. */
function keywordPassword(text: string): string[] {
  const match = /\bpassword=(?:'([^']*)'|(\S+))/.exec(text);
  const password = match?.[1] ?? match?.[2];
  return password === undefined ? [] : [password];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
