import { ensureError, isObject, NoetlError } from "@noetl/core";

export interface Provider {
  domain: string;
  clientId: string;
  clientSecret?: string | undefined;
  audience?: string | undefined;
}

const SCOPE = "openid profile email";
const TIMEOUT_MS = 30_000;

/** Address of a page of the identity provider. A full http address is only taken on this machine. */
export function providerUrl(domain: string, path: string): URL {
  const full = /^https?:\/\//.test(domain) ? domain : `https://${domain}`;
  const url = URL.canParse(full) ? new URL(`${full.replace(/\/+$/, "")}${path}`) : undefined;
  const loopback = url && ["localhost", "127.0.0.1"].includes(url.hostname);
  if (url && (url.protocol === "https:" || loopback)) return url;
  throw new NoetlError("validation", "E_AUTH0_DOMAIN", `'${domain}' is no domain of an identity provider`, {
    hint: "for example acme.eu.auth0.com",
  });
}

export interface TokenAnswer {
  ok: boolean;
  body: { [key: string]: unknown };
}

/** A form or JSON request to the provider. Meaning `unavailable` when it does not answer; refusals are answers. */
export async function askProvider(
  domain: string,
  path: string,
  fields: { [name: string]: string | undefined },
  form: "form" | "json" = "form",
): Promise<TokenAnswer> {
  const known = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  const url = providerUrl(domain, path);
  try {
    const response = await fetch(url, {
      method: "POST",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(form === "form"
        ? { body: new URLSearchParams(known) }
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(known)) }),
    });
    const body: unknown = await response.json();
    return { ok: response.ok, body: isObject(body) ? body : {} };
  } catch (error) {
    const { message, cause } = ensureError(error);
    const why = cause instanceof Error ? cause.message : message;
    throw new NoetlError("unavailable", "AUTH_UNREACHABLE", `${url.host} did not answer: ${why}`, { cause: error });
  }
}

/** The ID token, else the access token. Meaning `auth` with the provider's own words. */
export function tokenOf({ ok, body }: TokenAnswer): string {
  const token = body.id_token ?? body.access_token;
  if (ok && typeof token === "string") return token;
  const why = [body.error, body.error_description].filter((part) => typeof part === "string").join(": ");
  throw new NoetlError("auth", "LOGIN_REFUSED", `the identity provider refused${why ? `: ${why}` : ""}`);
}

export function baseFields({ clientId, clientSecret, audience }: Provider): { [name: string]: string | undefined } {
  return { client_id: clientId, client_secret: clientSecret, audience, scope: SCOPE };
}
