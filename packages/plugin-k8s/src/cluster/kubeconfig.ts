import { isObject, NoetlError, parseJson } from "@noetl/core";
import type { Exec } from "../exec/index.ts";

export interface KubeContext {
  name: string;
  /** address of its API server; empty when the kubeconfig does not say */
  server: string;
}

export interface Kubeconfig {
  /** absent when none is chosen */
  current?: string;
  contexts: readonly KubeContext[];
}

/** The merged kubeconfig as kubectl reads it (KUBECONFIG, ~/.kube/config). Never written, the current context never switched (§3). */
export async function readKubeconfig(exec: Exec): Promise<Kubeconfig> {
  const { code, stdout, stderr } = await exec({ argv: ["kubectl", "config", "view", "-o", "json"], reads: true });
  if (code !== 0) {
    throw new NoetlError("validation", "KUBECONFIG", `kubectl cannot read its configuration: ${stderr.trim()}`, {
      hint: "KUBECONFIG or ~/.kube/config is the file",
    });
  }
  const value = parseJson(stdout);
  const root = isObject(value) ? value : {};
  const servers = new Map(
    named(root.clusters).map(({ name, entry }) => [name, isObject(entry.cluster) ? text(entry.cluster.server) : ""]),
  );
  const contexts = named(root.contexts).map(({ name, entry }) => ({
    name,
    server: servers.get(isObject(entry.context) ? text(entry.context.cluster) : "") ?? "",
  }));
  const current = text(root["current-context"]);
  return { contexts, ...(current !== "" && { current }) };
}

function named(value: unknown): { name: string; entry: Record<string, unknown> }[] {
  return Array.isArray(value) ? value.filter(isObject).map((entry) => ({ name: text(entry.name), entry })) : [];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
