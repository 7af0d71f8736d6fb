import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { type Credential, credentialType, producesToken, secretValues } from "@noetl/tools";
import { failure } from "../run/failure.ts";
import type { Secrets } from "./secrets.ts";

/** Keys by which a map is one auth spec, not a map of labels (worker-and-tools §10.1). */
const RESERVED = new Set(
  "source provider type credential key name secret_name fields inject token username password".split(" "),
);
const EXPLICIT = new Set(["bearer", "basic", "api_key"]);

export interface AuthContext {
  secrets: Secrets;
  processEnv: { readonly [name: string]: string | undefined };
  addSecrets(values: unknown): void;
  /** the tool speaks HTTP: what makes tokens is handed over as the bearer token made from it */
  bearers: boolean;
  /** fields of a secret in a secret store, for `source: secret_manager` */
  secretManager(spec: JsonObject): Promise<Json>;
}

/** Rendered `auth` of a tool → credentials by label; a lone one is `default` (DSL §9.2). Nothing = no auth. */
export async function resolveAuth(context: AuthContext, auth: Json): Promise<{ [label: string]: Credential }> {
  if (auth === null || auth === "" || auth === false) return {};
  if (isObject(auth) && isLabelled(auth as JsonObject)) {
    const labelled: { [label: string]: Credential } = {};
    for (const [label, spec] of Object.entries(auth as JsonObject)) {
      const credential = await one(context, spec, label);
      if (credential) labelled[label] = credential;
    }
    return labelled;
  }
  const credential = await one(context, auth, "default");
  return credential ? { default: credential } : {};
}

function isLabelled(auth: JsonObject): boolean {
  const entries = Object.entries(auth);
  if (entries.length === 0) return false;
  // `{pg: alias}` names credentials as well; a reserved key with a map as value is a label of that name.
  return entries.every(([key, value]) => isObject(value) || (typeof value === "string" && !RESERVED.has(key)));
}

async function one(context: AuthContext, spec: Json, label: string): Promise<Credential | undefined> {
  if (spec === null || spec === "") return undefined;
  if (typeof spec === "string") return offered(context, await context.secrets.credential(spec));
  if (!isObject(spec)) throw malformed(`auth must be the name of a credential or a map, not ${JSON.stringify(spec)}`);
  const given = spec as JsonObject;
  const { source, provider, type } = given;
  if (type === "none") return undefined;
  if (isAdc(source) || isAdc(provider) || isAdc(type)) return adc(context, given);
  const { credential, key, name, fields, ...own } = given;
  const alias =
    credential ?? (type === "api_key" && credential === undefined && source === undefined ? undefined : key);
  switch (source ?? "credential") {
    case "credential":
      break;
    case "secret":
      return inline(context, label, "secret", { ...own, ...secretFromEnv(context, name ?? given.secret_name) });
    case "env":
      return inline(context, label, "secret", { ...own, ...fromEnv(context, name ?? key) });
    case "inline":
      return inline(context, label, String(type ?? "generic"), isObject(fields) ? (fields as JsonObject) : own);
    case "secret_manager": {
      const value = await context.secretManager({ ...own, path: (key ?? name ?? null) as Json });
      const data = isObject(value) ? (value as JsonObject) : { value, token: value };
      return inline(context, label, String(type ?? "generic"), data);
    }
    default:
      throw malformed(`auth source '${String(source)}' is not known`);
  }
  if (typeof alias === "string" && alias !== "") return aliased(context, alias, own);
  if (type === undefined && provider === undefined) {
    if (typeof name === "string") return aliased(context, name, own);
    if (alias === null || alias === "") return undefined;
    throw malformed("auth names neither a credential nor a type");
  }
  const kind = typeof type === "string" ? type : provider === "token" ? "bearer" : String(provider);
  return inline(context, label, kind, key === undefined ? own : { ...own, key });
}

/** A stored credential, with what the author wrote beside its name on top. */
async function aliased(context: AuthContext, alias: string, own: JsonObject): Promise<Credential> {
  const base = await context.secrets.credential(alias);
  const { source: _s, tool: _t, provider: _p, type, ...more } = own;
  context.addSecrets(secretValues(more));
  const explicit = typeof type === "string" && EXPLICIT.has(credentialType(type));
  if (explicit && credentialType(type) === "bearer" && producesToken(base.type)) {
    return bearer(context, base, more);
  }
  const merged = { ...base, data: { ...base.data, ...more } };
  if (explicit) return { ...merged, type: credentialType(type) };
  return offered(context, merged);
}

/** HTTP tools get the token, not the key it is made from. */
async function offered(context: AuthContext, credential: Credential): Promise<Credential> {
  return context.bearers && producesToken(credential.type) ? bearer(context, credential, credential.data) : credential;
}

async function bearer(context: AuthContext, credential: Credential, asked: JsonObject): Promise<Credential> {
  const scopes = asked.scopes ?? asked.scope;
  const audience = asked.audience ?? asked.target_audience;
  const token = await context.secrets.bearer(credential, {
    ...(typeof audience === "string" && { audience }),
    ...(Array.isArray(scopes)
      ? { scopes: scopes.map(String) }
      : typeof scopes === "string" && { scopes: scopes.split(/[\s,]+/) }),
  });
  return { name: credential.name, type: "bearer", data: { token } };
}

async function adc(context: AuthContext, spec: JsonObject): Promise<Credential> {
  const scopes = Array.isArray(spec.scopes) ? spec.scopes.map(String) : undefined;
  const token = await context.secrets.bearer(undefined, scopes ? { scopes } : {});
  return { name: "adc", type: "bearer", data: { token } };
}

function isAdc(word: Json | undefined): boolean {
  return typeof word === "string" && ["adc", "gcp", "gcp_adc", "google", "google_adc"].includes(word.toLowerCase());
}

function inline(context: AuthContext, label: string, type: string, data: JsonObject): Credential {
  const { type: _t, source: _s, provider: _p, ...fields } = data;
  context.addSecrets(secretValues(fields));
  return { name: label, type, data: fields };
}

function secretFromEnv(context: AuthContext, name: Json | undefined): JsonObject {
  if (typeof name !== "string") throw malformed("auth source 'secret' needs a 'name'");
  return fromEnv(context, `NOETL_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`);
}

/** One variable of the environment, as the fields a tool may look for; a JSON object gives its own. */
function fromEnv(context: AuthContext, name: Json | undefined): JsonObject {
  if (typeof name !== "string") throw malformed("auth source 'env' needs a 'name'");
  const value = context.processEnv[name];
  if (value === undefined) {
    throw failure("credential", "CREDENTIAL_NOT_FOUND", `the environment has no variable ${name}`);
  }
  context.addSecrets(value);
  return { value, token: value, password: value };
}

function malformed(message: string) {
  return failure("credential", "AUTH_FORM", message);
}
