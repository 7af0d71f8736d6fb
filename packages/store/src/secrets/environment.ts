import { readFileSync } from "node:fs";
import { NoetlError } from "@noetl/core";
import { gcpKms } from "./gcp-kms.ts";
import { type Environment, fixedKeys, type Keys, keysOfWrappers, parseKey, temporaryKeys } from "./keys.ts";
import { vaultTransit } from "./vault-transit.ts";
import { type Key, localWrapper, type Wrapper } from "./wrapper.ts";

const KEY = "NOETL_ENCRYPTION_KEY";

/**
 * The keys the environment names (server-api §7.1); undefined when it names none.
 * `NOETL_ENCRYPTION_KEY` or `…_FILE` is the current key, `NOETL_ENCRYPTION_KEY_PREVIOUS` (comma separated) or `…_PREVIOUS_FILE` those
 * before it. With `NOETL_KMS_PROVIDER` a keeper encrypts (`vault-transit`, `gcp-kms`), and the keys named beside it still decrypt, so
 * that rotation can move what they wrote. Meaning `validation`: something is missing or malformed.
 */
export function environmentKeys(env: Environment): Keys | undefined {
  const current = keysIn(env, KEY)[0];
  const previous = keysIn(env, `${KEY}_PREVIOUS`);
  const keeper = keeperOf(env);
  const local = [...(current ? [current] : []), ...previous].map(localWrapper);
  if (keeper) return keysOfWrappers(keeper, local);
  if (current) return fixedKeys(current, previous);
  return /^(1|true|yes|on)$/i.test(env.NOETL_ALLOW_INSECURE_DEFAULT_KEY ?? "") ? temporaryKeys() : undefined;
}

/** Values of a variable, or lines of the file that `<name>_FILE` names (how Docker and Kubernetes hand out secrets). */
function keysIn(env: Environment, name: string): Key[] {
  const text = env[name];
  const path = env[`${name}_FILE`];
  if (text) return split(text).map((item) => parseKey(item, `env:${name}`));
  if (!path) return [];
  return split(readText(path, `${name}_FILE`)).map((item) => parseKey(item, `env:${name}_FILE`));
}

const split = (text: string) => text.split(/[,\s]+/).filter((item) => item !== "");

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new NoetlError("validation", "E_ENCRYPTION_KEY", `${name}: cannot read ${path}`, { cause: error });
  }
}

function keeperOf(env: Environment): Wrapper | undefined {
  const provider = env.NOETL_KMS_PROVIDER || "local";
  switch (provider) {
    case "local":
      return undefined;
    case "vault":
    case "vault-transit": {
      const token = env.NOETL_VAULT_TOKEN || env.VAULT_TOKEN || undefined;
      const tokenFile = env.NOETL_VAULT_TOKEN_FILE || undefined;
      if (!token && !tokenFile) throw missing(provider, "NOETL_VAULT_TOKEN (or NOETL_VAULT_TOKEN_FILE, VAULT_TOKEN)");
      return vaultTransit({
        address: env.NOETL_VAULT_ADDR || needed(env, provider, "VAULT_ADDR", "NOETL_VAULT_ADDR (or VAULT_ADDR)"),
        key: needed(env, provider, "NOETL_VAULT_TRANSIT_KEY"),
        mount: (env.NOETL_VAULT_TRANSIT_MOUNT || "transit").replace(/^\/+|\/+$/g, ""),
        namespace: env.VAULT_NAMESPACE || undefined,
        token,
        tokenFile,
      });
    }
    case "gcp":
    case "gcp-kms":
      return gcpKms({
        key: needed(env, provider, "NOETL_GCP_KMS_KEY"),
        endpoint: env.NOETL_GCP_KMS_ENDPOINT || "https://cloudkms.googleapis.com",
        metadataHost: env.GCE_METADATA_HOST || "metadata.google.internal",
      });
    default:
      throw new NoetlError("validation", "E_KMS_PROVIDER", `NOETL_KMS_PROVIDER: '${provider}' is not known`, {
        hint: "one of local, vault-transit, gcp-kms",
      });
  }
}

function needed(env: Environment, provider: string, name: string, told = name): string {
  const value = env[name];
  if (value) return value;
  throw missing(provider, told);
}

function missing(provider: string, what: string): NoetlError {
  return new NoetlError("validation", "E_KMS_PROVIDER", `NOETL_KMS_PROVIDER=${provider} needs ${what}`);
}
