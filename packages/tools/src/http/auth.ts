import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import { configFields, credentialType } from "../credential/index.ts";
import type { Credential } from "../tool.ts";

interface Target {
  headers: Record<string, string>;
  secretHeaders: Set<string>;
  url: URL;
}

/** What a credential adds to a request. */
type Proof = { headers: Record<string, string> } | { param: string; value: string };

/**
 * Puts a credential into a request; it wins over headers of the step (worker-and-tools §11.4). Types: `bearer` (and any
 * other that holds a token), `basic`, `api_key` (header or query `param`), `header` (a map of headers), `none`. Throws
 * `NoetlError` meaning `auth` when the credential cannot be used: a request is never sent without it.
 */
export function applyAuth(credential: Credential, { headers, secretHeaders, url }: Target): void {
  const proof = proofOf(credential);
  if ("param" in proof) {
    url.searchParams.set(proof.param, proof.value);
    return;
  }
  for (const [name, value] of Object.entries(proof.headers)) {
    headers[name.toLowerCase()] = value.trim();
    secretHeaders.add(name.toLowerCase());
  }
}

function proofOf(credential: Credential): Proof {
  const type = credentialType(credential.type);
  const fields = configFields(credential);
  switch (type) {
    case "none":
      return { headers: {} };
    case "basic": {
      const [user, password] = [text(fields, "username", credential), text(fields, "password", credential, "")];
      return { headers: { authorization: basic(user, password) } };
    }
    case "api_key":
      return keyProof(text(fields, "key", credential), fields);
    case "header":
    case "headers":
      return { headers: headerMap(fields) };
    default: {
      const token = TOKENS.find((name) => typeof fields[name] === "string");
      if (token === undefined) throw unusable(credential, type === "bearer" ? "has no `token`" : "holds no token");
      return { headers: { authorization: `Bearer ${text(fields, token, credential)}` } };
    }
  }
}

const TOKENS = ["token", "access_token", "bearer_token", "id_token"];

function keyProof(key: string, { header, param }: JsonObject): Proof {
  if (typeof param === "string" && param !== "") return { param, value: key };
  return { headers: { [typeof header === "string" && header !== "" ? header : "X-API-Key"]: key } };
}

/** `{header, value}`, `{headers: {…}}`, or the fields are the headers. */
function headerMap(fields: JsonObject): Record<string, string> {
  const { header, value, headers } = fields;
  if (typeof header === "string" && typeof value === "string") return { [header]: value };
  const entries = Object.entries(isObject(headers) ? headers : fields);
  return Object.fromEntries(entries.flatMap(([name, one]) => (typeof one === "string" ? [[name, one]] : [])));
}

function text(fields: JsonObject, name: string, credential: Credential, otherwise?: string): string {
  const value = fields[name] ?? otherwise;
  if ((typeof value === "string" && (value !== "" || otherwise !== undefined)) || typeof value === "number")
    return String(value);
  throw unusable(credential, `has no \`${name}\``);
}

function unusable({ name, type }: Credential, why: string): NoetlError {
  return new NoetlError("auth", "CREDENTIAL_UNUSABLE", `credential '${name}' of type '${type}' ${why}`, {
    hint: "http takes credentials of type bearer, basic, api_key and header, and those that yield a token",
  });
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}
