import { type JsonObject, NoetlError } from "@noetl/core";
import type { Credential } from "../../tool.ts";
import { credentialType } from "../fields.ts";
import { answer, form, readToken, type Token, type TokenHost, textField } from "./exchange.ts";
import { applicationDefault, type GoogleRequest, googleToken } from "./google.ts";

/** A token that does not say when it ends is asked for again after this long, in ms. */
const ASSUMED_LIFE = 300_000;

const GOOGLE = new Set(["google_oauth", "google_service_account", "google_id_token", "gcp", "gcp_service_account"]);
const CLIENT = new Set(["oauth2", "oauth2_client_credentials", "client_credentials"]);
const DEFAULT_IDENTITY = new Set(["adc", "gcp_adc", "google_adc"]);

/** Does a bearer token have to be made from this credential, rather than read from it? */
export function producesToken(type: string): boolean {
  const kind = credentialType(type);
  return GOOGLE.has(kind) || CLIENT.has(kind) || DEFAULT_IDENTITY.has(kind);
}

/**
 * A bearer token of a credential (worker-and-tools §10.4): made by a grant for Google and OAuth2 types, read from `token`
 * or `access_token` for all others. Without a credential: Google application default credentials.
 * Meanings: `auth` it will not work, `unavailable` it may work later.
 */
export async function produceToken(
  host: TokenHost,
  credential: Credential | undefined,
  ask: GoogleRequest = {},
): Promise<Token> {
  if (!credential || DEFAULT_IDENTITY.has(credentialType(credential.type))) return applicationDefault(host, ask);
  const { data } = credential;
  const type = credentialType(credential.type);
  if (GOOGLE.has(type)) {
    const scopes = ask.scopes ?? scopesOf(data);
    const audience = ask.audience ?? (type === "google_id_token" ? audienceOf(credential) : undefined);
    return googleToken(host, data, { ...(scopes && { scopes }), ...(audience !== undefined && { audience }) });
  }
  if (CLIENT.has(type)) return clientCredentials(host, credential, ask);
  const token = textField(
    data,
    ["token", "access_token", "bearer_token", "id_token"],
    `credential '${credential.name}'`,
  );
  return { token, expires_at: host.now() + ASSUMED_LIFE, fields: data };
}

async function clientCredentials(host: TokenHost, credential: Credential, ask: GoogleRequest): Promise<Token> {
  const { data, name } = credential;
  const what = `credential '${name}'`;
  const scopes = ask.scopes ?? scopesOf(data);
  const audience = ask.audience ?? (typeof data.audience === "string" ? data.audience : undefined);
  const grant = form({
    grant_type: "client_credentials",
    client_id: textField(data, ["client_id"], what),
    client_secret: textField(data, ["client_secret"], what),
    scope: scopes?.join(" "),
    audience,
  });
  const url = textField(data, ["token_url", "token_uri", "endpoint", "url"], what);
  return readToken(host, what, await answer(host, { what, url, init: grant }));
}

function audienceOf({ name, data }: Credential): string {
  const audience = data.target_audience ?? data.audience;
  if (typeof audience === "string" && audience !== "") return audience;
  throw new NoetlError("auth", "CREDENTIAL_FIELD", `credential '${name}' has no 'target_audience'`);
}

function scopesOf(data: JsonObject): string[] | undefined {
  const value = data.scopes ?? data.scope;
  if (typeof value === "string") return value.split(/[\s,]+/).filter((scope) => scope !== "");
  return Array.isArray(value) ? value.map(String) : undefined;
}
