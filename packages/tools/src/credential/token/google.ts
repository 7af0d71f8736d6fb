import { createSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureError, isObject, type JsonObject, NoetlError } from "@noetl/core";
import { answer, form, readToken, request, type Token, type TokenHost, textField } from "./exchange.ts";

const TOKEN_URL = "https://oauth2.googleapis.com/token";
const METADATA = "http://metadata.google.internal";
const CLOUD = "https://www.googleapis.com/auth/cloud-platform";

export interface GoogleRequest {
  scopes?: readonly string[];
  /** asks for an ID token for this audience instead of an access token */
  audience?: string;
}

/** Service account (signed JWT grant) or user (refresh token), by what the JSON holds. */
export async function googleToken(host: TokenHost, data: JsonObject, ask: GoogleRequest): Promise<Token> {
  const account = accountOf(data);
  if (typeof account.private_key === "string") return serviceAccount(host, account, ask);
  if (typeof account.refresh_token === "string") return userAccount(host, account, ask);
  if (typeof account.access_token === "string") return readToken(host, "Google credential", account);
  throw new NoetlError(
    "auth",
    "CREDENTIAL_FIELD",
    "the Google credential holds neither private_key nor refresh_token",
    {
      hint: "register the JSON of a service account, or of an authorized user",
    },
  );
}

/** The key file's JSON may lie in a field of its own, as map or as text. */
function accountOf(data: JsonObject): JsonObject {
  for (const key of ["service_account_json", "service_account", "credentials_json", "json"]) {
    const value = data[key];
    if (isObject(value)) return value as JsonObject;
    if (typeof value !== "string") continue;
    try {
      const parsed: unknown = JSON.parse(value);
      if (isObject(parsed)) return parsed as JsonObject;
    } catch {
      // The parser would quote the key.
      throw new NoetlError("auth", "CREDENTIAL_FIELD", `'${key}' of the Google credential is not JSON`);
    }
  }
  return data;
}

async function serviceAccount(host: TokenHost, account: JsonObject, ask: GoogleRequest): Promise<Token> {
  const what = "Google service account";
  const url = typeof account.token_uri === "string" ? account.token_uri : TOKEN_URL;
  const email = textField(account, ["client_email"], what);
  const key = textField(account, ["private_key"], what);
  const now = Math.floor(host.now() / 1_000);
  const claim = ask.audience ? { target_audience: ask.audience } : { scope: (ask.scopes ?? [CLOUD]).join(" ") };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = { alg: "RS256", typ: "JWT", ...(account.private_key_id ? { kid: account.private_key_id } : {}) };
  const unsigned = `${part(header)}.${part({ iss: email, sub: email, aud: url, iat: now, exp: now + 3_600, ...claim })}`;
  let signature: string;
  try {
    signature = createSign("RSA-SHA256").update(unsigned).sign(key.replace(/\\n/g, "\n"), "base64url");
  } catch (error) {
    const reason = ensureError(error).message;
    throw new NoetlError("auth", "CREDENTIAL_FIELD", `the private key of the service account cannot sign: ${reason}`);
  }
  const grant = form({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${unsigned}.${signature}`,
  });
  return readToken(host, what, await answer(host, { what, url, init: grant }), {
    token: ask.audience ? "id_token" : "access_token",
  });
}

async function userAccount(host: TokenHost, account: JsonObject, ask: GoogleRequest): Promise<Token> {
  const what = "Google user credential";
  const grant = form({
    grant_type: "refresh_token",
    refresh_token: textField(account, ["refresh_token"], what),
    client_id: textField(account, ["client_id"], what),
    client_secret: textField(account, ["client_secret"], what),
    ...(ask.audience && { audience: ask.audience }),
  });
  const url = typeof account.token_uri === "string" ? account.token_uri : TOKEN_URL;
  return readToken(host, what, await answer(host, { what, url, init: grant }), {
    token: ask.audience ? "id_token" : "access_token",
  });
}

/** Application default credentials: the file that is named or well known, else the metadata server (worker-and-tools §10.4). */
export async function applicationDefault(host: TokenHost, ask: GoogleRequest): Promise<Token> {
  const env = host.processEnv;
  const config = env.CLOUDSDK_CONFIG ?? join(env.HOME ?? "", ".config", "gcloud");
  const named = env.GOOGLE_APPLICATION_CREDENTIALS;
  const file = named || join(config, "application_default_credentials.json");
  let text: string | undefined;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (named || (error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new NoetlError("auth", "ADC_FILE", `application default credentials: ${ensureError(error).message}`);
    }
  }
  if (text !== undefined) return googleToken(host, { json: text }, ask);
  return metadataToken(host, ask);
}

async function metadataToken(host: TokenHost, ask: GoogleRequest): Promise<Token> {
  const base = host.processEnv.GCE_METADATA_HOST ? `http://${host.processEnv.GCE_METADATA_HOST}` : METADATA;
  const account = `${base}/computeMetadata/v1/instance/service-accounts/default`;
  const what = "Google metadata server";
  const init = { headers: { "metadata-flavor": "Google" } };
  try {
    if (ask.audience) {
      const url = `${account}/identity?audience=${encodeURIComponent(ask.audience)}&format=full`;
      const token = (await request(host, { what, url, init })).trim();
      return { token, expires_at: host.now() + 3_600_000, fields: { id_token: token } };
    }
    const scopes = ask.scopes ? `?scopes=${encodeURIComponent(ask.scopes.join(","))}` : "";
    return readToken(host, what, await answer(host, { what, url: `${account}/token${scopes}`, init }));
  } catch (error) {
    throw new NoetlError("auth", "ADC_MISSING", "there are no Google application default credentials here", {
      hint: "run 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS",
      cause: error,
    });
  }
}
