import type { JsonObject } from "@noetl/core";
import type { Credential, TokenHost } from "@noetl/tools";
import type { Secrets } from "../secrets.ts";

export interface SecretRequest {
  host: TokenHost;
  /** what the author wrote for one field */
  path: string;
  /** keys of the keychain entry: `region`, `endpoint`, `project` … */
  config: JsonObject;
  /** of `auth` */
  credential: Credential | undefined;
  bearer: Secrets["bearer"];
}

/** Text of one secret. Meanings as in token production: `auth`, `not_found` for ever, `unavailable` for now. */
export type SecretProvider = (request: SecretRequest) => Promise<string>;

/** A setting from the entry, else the credential, else the environment. */
export function setting(
  request: SecretRequest,
  names: readonly string[],
  variables: readonly string[],
): string | undefined {
  for (const name of names) {
    const value = request.config[name] ?? request.credential?.data[name];
    if (typeof value === "string" && value !== "") return value;
  }
  for (const name of variables) {
    const value = request.host.processEnv[name];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** `path#field` and `path:field` name a field of a secret that is a map. */
export function splitField(path: string): { path: string; field: string | undefined } {
  const at = path.lastIndexOf("#");
  return at < 0 ? { path, field: undefined } : { path: path.slice(0, at), field: path.slice(at + 1) };
}
