import type { K8sConfig } from "../config/index.ts";

export interface KindConfig {
  kind: "Cluster";
  apiVersion: "kind.x-k8s.io/v1alpha4";
  name: string;
  nodes: {
    role: "control-plane";
    extraPortMappings: { containerPort: number; hostPort: number; listenAddress: string; protocol: "TCP" }[];
  }[];
}

/** A cluster of one node for `kind create cluster --config`; its node ports are on the loopback address of this machine (§7). */
export function kindConfig({ kind, server, database, nats }: K8sConfig): KindConfig {
  const wanted: [nodePort: number | null, hostPort: number][] = [
    [server.nodePort, kind.apiPort],
    [database.mode === "managed" ? database.nodePort : null, kind.postgresPort],
    [nats.mode === "managed" ? nats.nodePort : null, kind.natsPort],
    [nats.mode === "managed" ? nats.monitoringNodePort : null, kind.natsMonitoringPort],
  ];
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: kind.name,
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: wanted.flatMap(([containerPort, hostPort]) =>
          containerPort === null
            ? []
            : [{ containerPort, hostPort, listenAddress: "127.0.0.1", protocol: "TCP" as const }],
        ),
      },
    ],
  };
}
