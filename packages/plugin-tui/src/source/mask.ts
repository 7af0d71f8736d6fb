import { isObject, type Json, type JsonObject } from "@noetl/core";

/** What a secret prints as (decision 45). */
export const MASK = "***";

const SECRET_KEY = /passw(or)?d|passphrase|secret|token|api_?key|private_?key|authorization|cookie/i;
/** A text there is the name of a credential, anything else the credential. */
const HOLDER_KEY = /^(auth|credentials?)$/i;
const SECRET_TEMPLATE = /\{[{%][^}]*\b(keychain|credentials?|secrets?|auth)\b/;

/**
 * Values under names that mean secrets are not shown. The log holds none of those that were resolved; this covers what
 * people wrote into a workload or a playbook.
 */
export function masked(value: Json): Json {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [key, isSecret(key, inner) ? MASK : masked(inner)]),
  );
}

/** Templates that read secrets, also under other names. */
export function maskedTemplates(value: Json): Json {
  if (typeof value === "string") return SECRET_TEMPLATE.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(maskedTemplates);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, inner]) => [key, maskedTemplates(inner)]));
}

/** `max_tokens: 5` and `token: null` tell nothing. */
function isSecret(key: string, value: Json): boolean {
  if (typeof value === "string") return value !== "" && SECRET_KEY.test(key);
  return (isObject(value) || Array.isArray(value)) && (SECRET_KEY.test(key) || HOLDER_KEY.test(key));
}

const SHORTEST = 4;

/** Masks by name as `masked` does, and wherever it turns up what stands under such a name in the workload. */
export function masker(workload: JsonObject): (value: Json) => Json {
  const secrets = [...new Set(secretsOf(workload))].sort((a, b) => b.length - a.length);
  const text = (value: string) => secrets.reduce((left, secret) => left.replaceAll(secret, MASK), value);
  const values = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(values);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value as JsonObject).map(([key, inner]) => [key, values(inner)]));
  };
  return (value) => (secrets.length === 0 ? masked(value) : values(masked(value)));
}

function secretsOf(value: Json, secret = false): string[] {
  if (typeof value === "string") return secret && value.length >= SHORTEST ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsOf(item, secret));
  if (!isObject(value)) return [];
  return Object.entries(value as JsonObject).flatMap(([key, inner]) =>
    secretsOf(inner, secret || SECRET_KEY.test(key)),
  );
}
