import type { K8sConfig } from "../config/index.ts";
import { expectedSecrets, GENERATED_KEYS } from "../manifests/index.ts";

/** What Helm prints after an installation: the Secrets it needs and how to reach it. */
export function notes(config: K8sConfig): string {
  const secrets = [
    { name: config.secrets.keys, keys: GENERATED_KEYS.map((key) => `${key}="$(openssl rand -base64 32)"`) },
    ...expectedSecrets(config).map(({ name, keys }) => ({ name, keys: keys.map((key) => `${key}=…`) })),
  ];
  const commands = secrets.map(({ name, keys }) =>
    [
      `  kubectl --namespace {{ .Release.Namespace }} create secret generic ${name} \\`,
      ...keys.map((key, index) => `    --from-literal=${key}${index + 1 < keys.length ? " \\" : ""}`),
    ].join("\n"),
  );
  return `NoETL {{ .Chart.AppVersion }} in namespace {{ .Release.Namespace }}.

Pods start once these Secrets are there; the chart never holds them:

${commands.join("\n\n")}

To reach the server from this machine:

  kubectl --namespace {{ .Release.Namespace }} port-forward service/noetl 8082:8082
  noetl --server-url http://localhost:8082 status
`;
}
