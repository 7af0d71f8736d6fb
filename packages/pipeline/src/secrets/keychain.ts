import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { KeychainEntry } from "@noetl/playbook";
import { answer, type Credential, producesToken, readToken, type TokenHost } from "@noetl/tools";
import { failure } from "../run/failure.ts";
import { readSecret } from "./provider/index.ts";
import type { Secrets } from "./secrets.ts";

/** Fields of a resolved entry; `life` in seconds when the source says how long they are good for. */
export interface Resolved {
  data: JsonObject;
  life?: number;
  /** the strings that must be masked; absent = all of them */
  secret?: unknown;
}

/** Resolves one entry of the keychain (DSL §9.1); `config` is rendered. */
export async function resolveEntry(secrets: Secrets, entry: KeychainEntry, config: JsonObject): Promise<Resolved> {
  switch (entry.kind) {
    case "secrets":
    case "secret_manager":
      return { data: await secretMap(secrets, config) };
    case "oauth2":
      return oauth2(secrets.host, entry.name, config);
    case "google_id_token":
      return idToken(secrets, entry.name, config);
    case "bearer":
      return bearer(secrets, entry.name, config);
    case "static":
      return { data: mapOf(config.map, entry.name) };
    case "credential":
    case "credential_ref":
    case "google_oauth":
    case "google_service_account":
      return stored(secrets, entry, config);
    default:
      throw failure("credential", "KEYCHAIN_KIND", `keychain kind '${entry.kind}' is not known`);
  }
}

/** An entry as `auth` takes it: by the type of the credential it renames, as a bearer token, or as fields (DSL §9.2). */
export function entryCredential(name: string, kind: string, data: JsonObject, renamed: string | undefined): Credential {
  if (renamed !== undefined) return { name, type: producesToken(renamed) ? "bearer" : renamed, data };
  switch (kind) {
    case "google_id_token":
      return { name, type: "bearer", data: { ...data, token: data.id_token ?? null } };
    case "oauth2":
    case "bearer":
    case "google_oauth":
    case "google_service_account":
      return { name, type: "bearer", data };
    default:
      return { name, type: kind, data };
  }
}

async function secretMap(secrets: Secrets, config: JsonObject): Promise<JsonObject> {
  const data: JsonObject = {};
  const provider = typeof config.provider === "string" ? config.provider : "env";
  for (const [field, path] of Object.entries(mapOf(config.map, "secrets"))) {
    data[field] = await readSecret(secrets, provider, String(path), config);
  }
  return data;
}

async function oauth2(host: TokenHost, name: string, config: JsonObject): Promise<Resolved> {
  const { endpoint, method, headers, data, json } = config;
  if (typeof endpoint !== "string" || endpoint === "") throw missing(name, "endpoint");
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(isObject(headers) ? headers : {})) given[key.toLowerCase()] = String(value);
  const asJson = json !== undefined || (given["content-type"] ?? "").includes("json");
  const body = json ?? data;
  const init: RequestInit = { method: typeof method === "string" ? method.toUpperCase() : "POST" };
  if (body !== undefined && body !== null && init.method !== "GET") {
    init.body = typeof body === "string" ? body : asJson ? JSON.stringify(body) : formOf(body);
    given["content-type"] ??= asJson ? "application/json" : "application/x-www-form-urlencoded";
  }
  init.headers = given;
  const what = `keychain entry '${name}'`;
  const fields = await answer(host, { what, url: endpoint, init });
  const token = readToken(host, what, fields, {
    ...(typeof config.token_field === "string" && { token: config.token_field }),
    ...(typeof config.ttl_field === "string" && { ttl: config.ttl_field }),
  });
  const life = (token.expires_at - host.now()) / 1_000;
  const secret = [token.token, fields.refresh_token, fields.id_token];
  return { data: { ...fields, access_token: token.token }, life, secret };
}

function formOf(body: Json): string {
  const form = new URLSearchParams();
  if (isObject(body)) {
    for (const [key, value] of Object.entries(body)) {
      if (value !== null)
        form.set(key, isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value));
    }
  }
  return form.toString();
}

async function idToken(secrets: Secrets, name: string, config: JsonObject): Promise<Resolved> {
  const audience = config.target_audience;
  if (typeof audience !== "string" || audience === "") throw missing(name, "target_audience");
  const alias = config.auth ?? config.service_account_credential;
  let credential = typeof alias === "string" && alias !== "" ? await secrets.credential(alias) : undefined;
  if (!credential && typeof config.service_account_secret === "string") {
    const json = await readSecret(secrets, "gcp", config.service_account_secret, {});
    credential = { name, type: "google_service_account", data: isObject(json) ? (json as JsonObject) : { json } };
  }
  const token = await secrets.bearer(credential, { audience });
  return { data: { id_token: token }, life: 3_000 };
}

async function bearer(secrets: Secrets, name: string, config: JsonObject): Promise<Resolved> {
  const { token, credential } = config;
  if (typeof token === "string" && token !== "") return { data: { token } };
  if (typeof credential !== "string" || credential === "") throw missing(name, "token' or 'credential");
  return { data: { token: await secrets.bearer(await secrets.credential(credential)) }, life: 300 };
}

async function stored(secrets: Secrets, entry: KeychainEntry, config: JsonObject): Promise<Resolved> {
  const alias = aliasOf(config);
  if (alias === undefined) throw missing(entry.name, "credential");
  const credential = await secrets.credential(alias);
  // Its secret fields were masked when it was fetched.
  if (!entry.kind.startsWith("google") && !producesToken(credential.type)) return { data: credential.data, secret: [] };
  const token = await secrets.bearer(credential);
  return { data: { ...credential.data, access_token: token }, life: 300, secret: [token] };
}

/** Name of the credential that an entry stands for. */
export function aliasOf(config: JsonObject): string | undefined {
  const alias = config.credential ?? config.ref ?? config.auth;
  return typeof alias === "string" && alias !== "" ? alias : undefined;
}

function mapOf(value: Json | undefined, name: string): JsonObject {
  if (isObject(value)) return value as JsonObject;
  throw missing(name, "map");
}

function missing(name: string, key: string) {
  return failure("credential", "KEYCHAIN_CONFIG", `keychain entry '${name}' needs '${key}'`);
}
