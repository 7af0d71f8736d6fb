import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { isObject, type JsonObject, NoetlError } from "@noetl/core";

/** Keys of an issuer; asked for once in a while. */
export type KeySource = (domain: string) => Promise<(JsonWebKey & { kid?: string })[]>;

/** Checks an RS256 token of an Auth0 domain: signature, issuer, expiry, subject (server-api §2.15). Meaning `auth`. */
export async function verifyToken(
  token: string,
  domain: string,
  keys: KeySource,
  now: number,
): Promise<{ sub: string }> {
  const [head = "", body = "", signature = "", ...more] = token.split(".");
  if (signature === "" || more.length > 0) throw refused("the token does not have three parts");
  const header = part(head);
  const claims = part(body);
  if (header.alg !== "RS256") throw refused(`the token is signed with ${String(header.alg)}, not RS256`);
  const key = (await keys(domain)).find((each) => header.kid === undefined || each.kid === header.kid);
  if (!key) throw refused("the token is signed with an unknown key");
  const good = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    createPublicKey({ key, format: "jwk" }),
    Buffer.from(signature, "base64url"),
  );
  if (!good) throw refused("the token's signature is wrong");
  if (claims.iss !== `https://${domain}/`) throw refused("the token is of another issuer");
  if (typeof claims.exp !== "number" || claims.exp * 1_000 <= now) throw refused("the token has expired");
  if (typeof claims.sub !== "string" || claims.sub === "") throw refused("the token names nobody");
  return { sub: claims.sub };
}

function part(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (isObject(value)) return value as JsonObject;
  } catch (error) {
    throw refused("the token cannot be read", error);
  }
  throw refused("the token cannot be read");
}

function refused(message: string, cause?: unknown): NoetlError {
  return new NoetlError("auth", "TOKEN_REFUSED", message, { cause });
}

const FRESH_MS = 600_000;

/** `https://<domain>/.well-known/jwks.json`, kept for ten minutes. */
export function jwks(now: () => number): KeySource {
  const known = new Map<string, { keys: JsonWebKey[]; at: number }>();
  return async (domain) => {
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(domain)) throw refused("the domain is no host name");
    const kept = known.get(domain);
    if (kept && now() - kept.at < FRESH_MS) return kept.keys;
    const response = await fetch(`https://${domain}/.well-known/jwks.json`, { signal: AbortSignal.timeout(10_000) });
    const body: unknown = await response.json();
    const keys = isObject(body) && Array.isArray(body.keys) ? (body.keys as JsonWebKey[]) : [];
    known.set(domain, { keys, at: now() });
    return keys;
  };
}
