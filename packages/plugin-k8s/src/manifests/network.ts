import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { Context } from "./context.ts";
import { own, rolesOf, SERVER_PORT, serverName, WORKER_PORT, workerName } from "./names.ts";

type Spec = NonNullable<INetworkPolicy["spec"]>;

const METADATA = "169.254.169.254/32";

/** Who reaches servers and workers, and what steps do not reach. Probes come from the node itself and always pass. */
export function networkPolicies(context: Context): INetworkPolicy[] {
  const { config } = context;
  const { enabled, from, metadata } = config.networkPolicy;
  if (!enabled) return [];
  const { jobs } = config;
  const others = jobs.namespace !== null ? [...from, jobs.namespace] : from;
  const friends = [...new Set(others)].map((name) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  }));
  const port = (number: number) => [{ protocol: "TCP" as const, port: number }];
  const policy = (name: string, component: string, spec: Spec): INetworkPolicy => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: own(context, name, component),
    spec,
  });
  const anywhere = (block: string, except: string[]) => ({
    ipBlock: { cidr: block, ...(except.length > 0 && { except }) },
  });

  const servers = rolesOf(config).map((role) => {
    const name = serverName(role);
    const answers = role === "all" || role === "api";
    return policy(name, answers ? "server" : role, {
      podSelector: { matchLabels: { app: name } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          // A port of the nodes is there for those outside of the cluster, whose addresses nobody knows.
          ...(!(answers && config.server.nodePort !== null) && { from: [{ podSelector: {} }, ...friends] }),
          ports: port(SERVER_PORT),
        },
      ],
    });
  });
  const workers = policy(workerName("default"), "worker", {
    podSelector: { matchLabels: { app: workerName("default") } },
    policyTypes: metadata ? ["Ingress"] : ["Ingress", "Egress"],
    ingress: [{ from: [{ podSelector: {} }, ...friends], ports: port(WORKER_PORT) }],
    ...(!metadata && { egress: [{ to: [anywhere("0.0.0.0/0", [METADATA]), anywhere("::/0", [])] }] }),
  });
  return [...servers, workers];
}
