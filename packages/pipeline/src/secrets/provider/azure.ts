import { NoetlError } from "@noetl/core";
import { answer, form, readToken, type TokenHost } from "@noetl/tools";
import { type SecretProvider, type SecretRequest, setting } from "./provider.ts";

const RESOURCE = "https://vault.azure.net";

/** Azure Key Vault: a secret's URL, `vault/name`, or `name` with `vault` set in the entry. */
export const azureSecret: SecretProvider = async (request) => {
  const token = await accessToken(request);
  const url = `${addressOf(request)}?api-version=7.4`;
  const fields = await answer(request.host, {
    what: `Azure secret '${request.path}'`,
    url,
    init: { headers: { authorization: `Bearer ${token}` } },
  });
  if (typeof fields.value === "string") return fields.value;
  throw new NoetlError("auth", "SECRET_EMPTY", `Azure secret '${request.path}' has no value`);
};

function addressOf(request: SecretRequest): string {
  const { path } = request;
  if (/^https:\/\//.test(path)) return path;
  const slash = path.indexOf("/");
  const vault = slash > 0 ? path.slice(0, slash) : setting(request, ["vault", "vault_name"], ["AZURE_KEY_VAULT"]);
  const endpoint = setting(request, ["endpoint", "vault_url"], []);
  if (!vault && !endpoint) {
    throw new NoetlError("auth", "AZURE_VAULT", `Azure secret '${path}' names no vault`, { hint: "write VAULT/NAME" });
  }
  const base = endpoint ?? `https://${vault}.vault.azure.net`;
  return `${base.replace(/\/$/, "")}/secrets/${encodeURIComponent(path.slice(slash + 1))}`;
}

/** Client credentials when they are given, else the managed identity of the machine. */
async function accessToken(request: SecretRequest): Promise<string> {
  const { host } = request;
  const given = setting(request, ["access_token", "token"], []);
  if (given) return given;
  const tenant = setting(request, ["tenant_id"], ["AZURE_TENANT_ID"]);
  const id = setting(request, ["client_id"], ["AZURE_CLIENT_ID"]);
  const secret = setting(request, ["client_secret"], ["AZURE_CLIENT_SECRET"]);
  if (!tenant || !id || !secret) return managedIdentity(host);
  const login = setting(request, ["authority"], ["AZURE_AUTHORITY_HOST"]) ?? "https://login.microsoftonline.com";
  const url = `${login.replace(/\/$/, "")}/${tenant}/oauth2/v2.0/token`;
  const what = "Azure sign-in";
  const init = form({
    grant_type: "client_credentials",
    client_id: id,
    client_secret: secret,
    scope: `${RESOURCE}/.default`,
  });
  return readToken(host, what, await answer(host, { what, url, init })).token;
}

async function managedIdentity(host: TokenHost): Promise<string> {
  const what = "Azure managed identity";
  const url = `http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${encodeURIComponent(RESOURCE)}`;
  try {
    return readToken(host, what, await answer(host, { what, url, init: { headers: { metadata: "true" } } })).token;
  } catch (error) {
    throw new NoetlError("auth", "AZURE_CREDENTIALS", "there is no Azure identity here", {
      hint: "name a credential with tenant_id, client_id and client_secret in 'auth', or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
      cause: error,
    });
  }
}
