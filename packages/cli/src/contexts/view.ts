import type { Context } from "@noetl/sdk";

/** A context as it is printed: never its token or client secret. */
export interface ContextView {
  name: string;
  current: boolean;
  server_url: string;
  runtime: string;
  gateway: boolean | "auto";
  auth0_domain: string | null;
  auth0_client_id: string | null;
  auth0_audience: string | null;
  kube: { context: string | null; namespace: string | null; service: string; remote_port: number } | null;
  /** `cached`, `expired`, or null */
  session: "cached" | "expired" | null;
  session_expires_at: string | null;
}

export const KUBE_SERVICE = "noetl";
export const KUBE_PORT = 8082;

export function contextView(context: Context, current: string | undefined, now: number = Date.now()): ContextView {
  const { kubeContext, kubeNamespace, sessionToken, sessionExpiresAt } = context;
  const expired = sessionExpiresAt !== undefined && Date.parse(sessionExpiresAt) < now;
  return {
    name: context.name,
    current: context.name === current,
    server_url: context.serverUrl,
    runtime: context.runtime,
    gateway: context.gateway,
    auth0_domain: context.auth0Domain ?? null,
    auth0_client_id: context.auth0ClientId ?? null,
    auth0_audience: context.auth0Audience ?? null,
    kube:
      kubeContext === undefined && kubeNamespace === undefined
        ? null
        : {
            context: kubeContext ?? null,
            namespace: kubeNamespace ?? null,
            service: context.kubeService ?? KUBE_SERVICE,
            remote_port: context.kubeRemotePort ?? KUBE_PORT,
          },
    session: sessionToken === undefined ? null : expired ? "expired" : "cached",
    session_expires_at: sessionExpiresAt ?? null,
  };
}

/** Name and value, a line each; what is not set is left out. */
export function contextText(view: ContextView): string {
  const { kube } = view;
  const facts: [string, string | null][] = [
    ["Server", view.server_url],
    ["Runtime", view.runtime],
    ["Gateway", view.gateway === "auto" ? null : String(view.gateway)],
    ["Auth0", view.auth0_domain],
    ["Audience", view.auth0_audience],
    [
      "Session",
      view.session && `${view.session}${view.session_expires_at ? `, until ${view.session_expires_at}` : ""}`,
    ],
    ["Kubernetes", kube && `${kube.context ?? "-"}/${kube.namespace ?? "-"} ${kube.service}:${kube.remote_port}`],
  ];
  const lines = facts.flatMap(([name, value]) => (value ? [`  ${name.padEnd(11)}${value}`] : []));
  return [`${view.name}${view.current ? " (current)" : ""}`, ...lines].join("\n");
}
