import type { Json, JsonObject } from "@noetl/core";
import { failure } from "../../run/failure.ts";
import type { Secrets } from "../secrets.ts";
import { awsSecret } from "./aws.ts";
import { azureSecret } from "./azure.ts";
import { gcpSecret } from "./gcp.ts";
import { kubernetesSecret } from "./kubernetes.ts";
import type { SecretProvider } from "./provider.ts";
import { vaultSecret } from "./vault.ts";

const PROVIDERS: Record<string, SecretProvider> = {
  env: async ({ host, path }) => {
    const value = host.processEnv[path];
    if (value !== undefined) return value;
    throw failure("credential", "SECRET_NOT_FOUND", `the environment has no variable ${path}`);
  },
  gcp: gcpSecret,
  google: gcpSecret,
  aws: awsSecret,
  azure: azureSecret,
  vault: vaultSecret,
  k8s: kubernetesSecret,
  kubernetes: kubernetesSecret,
};

/** One secret of a secret store; text that is a JSON object comes as the object (DSL §9.1). */
export async function readSecret(secrets: Secrets, provider: string, path: string, config: JsonObject): Promise<Json> {
  const read = PROVIDERS[provider.toLowerCase()];
  if (!read) {
    const known = "env, gcp, aws, azure, vault, k8s";
    throw failure("credential", "SECRET_PROVIDER", `secret provider '${provider}' is not known (one of ${known})`);
  }
  const auth = config.auth;
  const credential = typeof auth === "string" && auth !== "" ? await secrets.credential(auth) : undefined;
  const text = await read({ host: secrets.host, path, config, credential, bearer: secrets.bearer });
  return asObject(text);
}

function asObject(text: string): Json {
  if (!text.trimStart().startsWith("{")) return text;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** `auth: {source: secret_manager, key, provider?}` on a tool. */
export async function secretManagerFetch(secrets: Secrets, spec: JsonObject): Promise<Json> {
  const { path } = spec;
  if (typeof path !== "string") throw failure("credential", "AUTH_FORM", "auth source 'secret_manager' needs a 'key'");
  const provider = typeof spec.provider === "string" ? spec.provider : "gcp";
  return readSecret(secrets, provider, path, spec);
}
