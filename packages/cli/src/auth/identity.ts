import { NoetlError } from "@noetl/core";
import type { Context, Environment } from "@noetl/sdk";
import { deviceToken } from "./device.ts";
import { givenValue, tokenInUrl } from "./given-token.ts";
import { pkceToken, redirectUriFor } from "./pkce.ts";
import { askProvider, baseFields, type Provider, tokenOf } from "./provider.ts";

/** Flags of `auth login`, in their own words. */
export interface LoginFlags {
  auth0?: string | undefined;
  "auth0-token"?: string | undefined;
  "auth0-callback-url"?: string | undefined;
  "auth0-domain"?: string | undefined;
  "auth0-client-id"?: string | undefined;
  "auth0-redirect-uri"?: string | undefined;
  "auth0-audience"?: string | undefined;
  "auth0-client-secret"?: string | undefined;
  browser: boolean;
  "browser-pkce": boolean;
  "pkce-port": number;
  password: boolean;
}

export interface Person {
  /** tells the person what to do, on stderr */
  note(text: string): void;
  open(address: string): void;
  askPassword(question: string): Promise<string>;
  signal?: AbortSignal;
}

/**
 * The token of the identity provider (cli.md §4.9.1): given, from a browser on this machine, with a code typed elsewhere, or
 * for an e-mail and password. The implicit flow of old is gone.
 */
export async function identityToken(
  flags: LoginFlags,
  context: Context | undefined,
  env: Environment,
  person: Person,
): Promise<string> {
  if (flags["auth0-token"]) return flags["auth0-token"];
  if (flags["auth0-callback-url"] !== undefined) return tokenFromUrl(flags["auth0-callback-url"]);
  const given = flags.auth0 === undefined ? undefined : givenValue(flags.auth0);
  if (given?.kind === "token") return given.token;
  const provider = providerFor(flags, context, env);
  const signal = person.signal === undefined ? {} : { signal: person.signal };

  if (flags["browser-pkce"]) {
    const redirectUri = redirectUriFor(flags["auth0-redirect-uri"], context?.auth0RedirectUri, flags["pkce-port"]);
    person.note(`The browser comes back to ${redirectUri}; it has to be allowed at ${provider.domain}.`);
    const show = (address: string) => {
      person.note(`Log in here:\n${address}`);
      person.open(address);
    };
    return pkceToken(provider, { redirectUri, show, loginHint: given?.email, ...signal });
  }
  if (given?.kind === "email" && (flags.password || provider.clientSecret !== undefined)) {
    return passwordToken(provider, given.email, await person.askPassword(`Password of ${given.email}`));
  }
  if (flags.password) {
    throw new NoetlError("validation", "E_LOGIN", "--password needs an e-mail", { hint: "--auth0 ann@example.org" });
  }
  // A code typed in any browser works everywhere, also over SSH.
  const show = (address: string, code: string) => {
    person.note(`Log in here: ${address}${code ? `\nCode: ${code}` : ""}`);
    person.open(address);
  };
  return deviceToken(provider, { show, ...signal });
}

function tokenFromUrl(url: string): string {
  const token = tokenInUrl(url);
  if (token !== undefined) return token;
  throw new NoetlError("validation", "E_LOGIN", "the callback URL holds no id_token and no access_token");
}

async function passwordToken(provider: Provider, username: string, password: string): Promise<string> {
  const fields = { ...baseFields(provider), grant_type: "password", username, password };
  const answer = await askProvider(provider.domain, "/oauth/token", fields, "json");
  if (answer.ok && typeof answer.body.id_token !== "string") {
    throw new NoetlError("auth", "LOGIN_REFUSED", "the identity provider sent no id_token");
  }
  return tokenOf(answer);
}

function providerFor(flags: LoginFlags, context: Context | undefined, env: Environment): Provider {
  const domain = flags["auth0-domain"] ?? context?.auth0Domain;
  const clientId = flags["auth0-client-id"] ?? context?.auth0ClientId;
  if (domain === undefined || clientId === undefined) {
    const missing = domain === undefined ? "domain" : "client id";
    throw new NoetlError("validation", "E_LOGIN", `the ${missing} of the identity provider is not known`, {
      hint: `noetl context update ${context?.name ?? "NAME"} --auth0-domain D --auth0-client-id ID, or give a token: --auth0-token`,
    });
  }
  return {
    domain,
    clientId,
    clientSecret: flags["auth0-client-secret"] ?? (env.NOETL_AUTH0_CLIENT_SECRET || context?.auth0ClientSecret),
    audience: flags["auth0-audience"] ?? context?.auth0Audience,
  };
}
