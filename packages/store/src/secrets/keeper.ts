import { ensureError, isObject, type JsonObject, NoetlError } from "@noetl/core";

const LIMIT_MS = 15_000;
/** After these the same question may be answered. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface Question {
  what: string;
  url: string;
  headers: { [name: string]: string };
  /** JSON, sent with POST; without one it is a GET */
  body?: { [name: string]: string };
  hint: string;
}

/**
 * The JSON answer of a keeper of keys. Meanings: `unavailable` it may answer later, `auth` it refuses. What it says is told, what was
 * asked is not: that is a data key.
 */
export async function ask({ what, url, headers, body, hint }: Question): Promise<JsonObject> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: body ? "POST" : "GET",
      headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch (error) {
    throw new NoetlError("unavailable", "KMS_UNREACHABLE", `${what} cannot be asked: ${reason(error)}`, {
      cause: ensureError(error),
      hint,
    });
  }
  const text = await response.text();
  const value = read(text);
  if (response.ok && isObject(value)) return value as JsonObject;
  if (response.ok)
    throw new NoetlError("unavailable", "KMS_ANSWER", `${what}: the answer is not a JSON object`, { hint });
  const meaning = TRANSIENT.has(response.status) ? "unavailable" : "auth";
  throw new NoetlError(meaning, "KMS_REFUSED", `${what}: HTTP ${response.status}${said(value)}`, { hint });
}

export function textIn(answer: unknown, field: string, what: string): string {
  const value = isObject(answer) ? answer[field] : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new NoetlError("unavailable", "KMS_ANSWER", `${what}: the answer has no '${field}'`);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Vault: `{errors: [text]}`; Google: `{error: {message}}`. */
function said(value: unknown): string {
  if (!isObject(value)) return "";
  const told = Array.isArray(value.errors) ? value.errors[0] : isObject(value.error) ? value.error.message : undefined;
  return typeof told === "string" ? ` (${told.trim().slice(0, 200)})` : "";
}

function reason(error: unknown): string {
  const { message, cause } = ensureError(error);
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
