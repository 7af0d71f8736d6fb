import { NoetlError } from "@noetl/core";

export const RUNTIMES = ["auto", "local", "distributed"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** One server and how to reach it: an entry of `config.yaml` (cli.md §2.1). */
export interface Context {
  name: string;
  serverUrl: string;
  runtime: Runtime;
  /** through the gateway's prefix; `auto` looks at the host name */
  gateway: boolean | "auto";
  sessionToken?: string;
  /** RFC 3339 */
  sessionExpiresAt?: string;
  auth0Domain?: string;
  auth0ClientId?: string;
  auth0RedirectUri?: string;
  auth0Audience?: string;
  auth0ClientSecret?: string;
  kubeContext?: string;
  kubeNamespace?: string;
  kubeService?: string;
  kubeRemotePort?: number;
}

/** What can be set on a context; null clears. */
export type ContextPatch = { [field in Exclude<keyof Context, "name">]?: Context[field] | null | undefined };

/** Names in the file, shared with the older command line. */
export const KEYS: Readonly<Record<keyof ContextPatch, string>> = {
  serverUrl: "server_url",
  runtime: "runtime",
  gateway: "gateway",
  sessionToken: "gateway_session_token",
  sessionExpiresAt: "gateway_session_expires_at",
  auth0Domain: "gateway_auth0_domain",
  auth0ClientId: "gateway_auth0_client_id",
  auth0RedirectUri: "gateway_auth0_redirect_uri",
  auth0Audience: "gateway_auth0_audience",
  auth0ClientSecret: "gateway_auth0_client_secret",
  kubeContext: "kube_context",
  kubeNamespace: "kube_namespace",
  kubeService: "kube_service",
  kubeRemotePort: "kube_remote_port",
};

const OPTIONAL_TEXTS = [
  "sessionToken",
  "sessionExpiresAt",
  "auth0Domain",
  "auth0ClientId",
  "auth0RedirectUri",
  "auth0Audience",
  "auth0ClientSecret",
  "kubeContext",
  "kubeNamespace",
  "kubeService",
] as const satisfies readonly (keyof ContextPatch)[];

/** An entry as it stands in the file. Throws a text saying what is wrong with it. */
export function contextOf(name: string, entry: { readonly [key: string]: unknown }): Context {
  if (typeof entry.server_url !== "string") throw new Error(`context '${name}' has no server_url`);
  const runtime = RUNTIMES.find((word) => word === (entry.runtime ?? "auto"));
  if (!runtime) throw new Error(`context '${name}': runtime must be auto, local or distributed`);
  const gateway = entry.gateway ?? "auto";
  if (typeof gateway !== "boolean" && gateway !== "auto") {
    throw new Error(`context '${name}': gateway must be true, false or auto`);
  }
  const context: Context = { name, serverUrl: entry.server_url, runtime, gateway };
  for (const field of OPTIONAL_TEXTS) {
    const value = entry[KEYS[field]];
    if (typeof value === "string" && value !== "") context[field] = value;
  }
  const port = entry[KEYS.kubeRemotePort];
  if (typeof port === "number") context.kubeRemotePort = port;
  return context;
}

/** Without slashes at the end. Meaning `validation` when it is no http address. */
export function checkedUrl(text: string, where: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new NoetlError("validation", "E_URL", `${where}: '${text}' is not an http or https address`, {
      hint: "for example http://localhost:8082",
    });
  }
  return text.replace(/\/+$/, "");
}
