import { randomBytes } from "node:crypto";
import { isObject, NoetlError } from "@noetl/core";
import { type Kubectl, type KubeObject, objectsOf } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import { expectedSecrets, GENERATED_KEYS, keysSecret } from "../manifests/index.ts";
import { asObject, stream } from "./objects.ts";

/**
 * The Secret of keys is made when the cluster has none and never changed afterwards: another encryption key would make
 * stored credentials unreadable (§4.3). True when it was made. Meaning `validation`: it is there but lacks a key.
 */
export async function ensureKeys(kubectl: Kubectl, config: K8sConfig, dryRun: boolean): Promise<boolean> {
  const { keys: name } = config.secrets;
  const found = dryRun ? undefined : await keysOf(kubectl, name, config.namespace);
  if (!found) {
    const secret = asObject(keysSecret(config, randomBytes));
    await kubectl.run(["create", "-f", "-"], { input: stream([secret]), shownInput: shown(secret) });
    return true;
  }
  requireKeys({ name, keys: [...GENERATED_KEYS] }, found, kubectl.context, config.namespace);
  return false;
}

/** For `--dry-run`: the shell that takes the lines makes the keys. */
function shown(secret: KubeObject): string {
  const values = Object.fromEntries(GENERATED_KEYS.map((key) => [key, "$(openssl rand -base64 32)"]));
  const { data: _data, ...rest } = secret;
  return stream([
    { ...rest, apiVersion: secret.apiVersion, kind: secret.kind, metadata: secret.metadata, stringData: values },
  ]);
}

/** Secrets somebody else has to make. Meaning `validation`, naming the call that makes one. */
export async function requireSecrets(kubectl: Kubectl, config: K8sConfig): Promise<void> {
  for (const expected of expectedSecrets(config)) {
    const found = await keysOf(kubectl, expected.name, config.namespace);
    if (found) {
      requireKeys(expected, found, kubectl.context, config.namespace);
      continue;
    }
    const literals = expected.keys.map((key) => `--from-literal=${key}=…`).join(" ");
    throw new NoetlError(
      "validation",
      "SECRET_MISSING",
      `namespace ${config.namespace} of context ${kubectl.context} has no Secret ${expected.name}, which holds ${expected.keys.join(", ")}`,
      {
        hint: `kubectl --context ${kubectl.context} -n ${config.namespace} create secret generic ${expected.name} ${literals} (the namespace first, when it is not there)`,
      },
    );
  }
}

/** Names of the keys in a Secret; undefined when there is none. Values stay where they are. */
async function keysOf(kubectl: Kubectl, name: string, namespace: string): Promise<string[] | undefined> {
  const [secret] = objectsOf(
    await kubectl.json(["get", "secret", name, "-n", namespace, "--ignore-not-found"], { reads: true }),
  );
  if (!secret) return undefined;
  return isObject(secret.data) ? Object.keys(secret.data) : [];
}

function requireKeys(
  expected: { name: string; keys: string[] },
  found: readonly string[],
  context: string,
  namespace: string,
): void {
  const missing = expected.keys.filter((key) => !found.includes(key));
  if (missing.length === 0) return;
  const { name } = expected;
  const data = missing.map((key) => `\\"${key}\\":\\"$(openssl rand -base64 32)\\"`).join(",");
  throw new NoetlError(
    "validation",
    "SECRET_INCOMPLETE",
    `Secret ${name} of namespace ${namespace} lacks ${missing.join(", ")}`,
    {
      hint: `for a key that may be random: kubectl --context ${context} -n ${namespace} patch secret ${name} -p "{\\"stringData\\":{${data}}}"`,
    },
  );
}
