import { NoetlError } from "@noetl/core";
import type { K8sConfig } from "../config/index.ts";

/** Ports of this machine on which a kind cluster shows the ports of its node (§7). */
export interface HostPorts {
  api: number;
  postgres: number;
  nats: number;
  natsMonitoring: number;
}

export const HOST_PORTS: HostPorts = { api: 8082, postgres: 54_321, nats: 30_422, natsMonitoring: 30_822 };

export interface KindCluster {
  kind: "Cluster";
  apiVersion: "kind.x-k8s.io/v1alpha4";
  name: string;
  nodes: {
    role: "control-plane";
    extraPortMappings: { containerPort: number; hostPort: number; listenAddress: string; protocol: "TCP" }[];
  }[];
}

/**
 * A cluster of one node for `kind create cluster --config`, with the node ports of a configuration on the loopback address
 * of this machine. Meaning `validation`: two of them would have the same port.
 */
export function kindCluster({ server, database, nats }: K8sConfig, ports: HostPorts, name = "noetl"): KindCluster {
  const managed = { postgres: database.mode === "managed", nats: nats.mode === "managed" };
  const wanted: [number | null, number][] = [
    [server.nodePort, ports.api],
    [managed.postgres ? database.nodePort : null, ports.postgres],
    [managed.nats ? nats.nodePort : null, ports.nats],
    [managed.nats ? nats.monitoringNodePort : null, ports.natsMonitoring],
  ];
  const mappings = wanted.flatMap(([containerPort, hostPort]) =>
    containerPort === null ? [] : [{ containerPort, hostPort, listenAddress: "127.0.0.1", protocol: "TCP" as const }],
  );
  for (const key of ["containerPort", "hostPort"] as const) {
    const seen = new Set<number>();
    for (const mapping of mappings) {
      if (seen.has(mapping[key])) {
        throw new NoetlError("validation", "E_PORTS", `port ${mapping[key]} is asked for twice`);
      }
      seen.add(mapping[key]);
    }
  }
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name,
    nodes: [{ role: "control-plane", extraPortMappings: mappings }],
  };
}
