import { NoetlError } from "@noetl/core";
import type { K8sConfig } from "../config/index.ts";
import type { ForwardTarget } from "./forward.ts";

export const SERVICES = ["server", "postgres", "nats"] as const;

/** Service and port of what can be reached. Meaning `validation` for a database or broker that is not in the cluster. */
export function serviceOf({ namespace, database, nats }: K8sConfig, name: string): ForwardTarget {
  if (name === "server") return { target: "svc/noetl", namespace, port: 8082 };
  const part = name === "postgres" ? database : nats;
  if (part.mode === "managed") {
    return { target: `svc/${name}`, namespace: part.namespace, port: name === "postgres" ? 5432 : 4222 };
  }
  throw new NoetlError(
    "validation",
    "E_K8S_SERVICE",
    `${name} is not part of this deployment: its mode is ${part.mode}`,
    {
      hint: "it is reached at its own address; noetl.k8s.yaml says which",
    },
  );
}
