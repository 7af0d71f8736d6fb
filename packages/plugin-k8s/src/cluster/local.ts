import { isIP } from "node:net";
import type { KubeContext } from "./kubeconfig.ts";

/** What runs a cluster on this machine. */
export type LocalCluster = "kind" | "minikube" | "docker-desktop";

/** Which kind of cluster of this machine a context has the name of; undefined: none. */
export function localKind(name: string): LocalCluster | undefined {
  if (name.startsWith("kind-")) return "kind";
  if (name === "minikube" || name === "docker-desktop") return name;
  return undefined;
}

/** `kind-X` → cluster `X`. */
export function kindCluster(name: string): string | undefined {
  return name.startsWith("kind-") ? name.slice("kind-".length) : undefined;
}

/**
 * A name is given by hand, so the address has to agree: the API of kind and docker-desktop is on this machine, that of
 * minikube here or in a private network of it (§3).
 */
export function answersHere({ name, server }: KubeContext): boolean {
  if (!URL.canParse(server)) return false;
  const host = new URL(server).hostname.replace(/^\[|\]$/g, "");
  if (isLoopback(host)) return true;
  const kind = localKind(name);
  if (kind === "docker-desktop") return host === "kubernetes.docker.internal";
  return kind === "minikube" && isPrivate(host);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isPrivate(host: string): boolean {
  return isIP(host) === 4 && /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host);
}
