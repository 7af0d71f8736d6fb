import type { KubeObject } from "../cluster/kubectl.ts";
import { isWorkload, type Workload } from "./objects.ts";

/** What is applied together; each is up before the next begins. */
export interface Stages {
  namespaces: KubeObject[];
  /** everything that does not run, and the database and broker of a development cluster */
  foundation: KubeObject[];
  migration: KubeObject[];
  workloads: KubeObject[];
}

/** Manifests by stage (§2.2): servers find a database with a schema, and their configuration is there before them. */
export function stagesOf(objects: readonly KubeObject[]): Stages {
  const stage = ({ kind }: KubeObject): keyof Stages => {
    if (kind === "Namespace") return "namespaces";
    if (kind === "Job") return "migration";
    return kind === "Deployment" || kind === "ScaledObject" || kind === "Ingress" ? "workloads" : "foundation";
  };
  const in_ = (name: keyof Stages) => objects.filter((object) => stage(object) === name);
  return {
    namespaces: in_("namespaces"),
    foundation: in_("foundation"),
    migration: in_("migration"),
    workloads: in_("workloads"),
  };
}

/** Those whose end or readiness can be waited for. */
export function workloadsOf(objects: readonly KubeObject[]): Workload[] {
  return objects.filter(isWorkload);
}

export function namespacesOf(objects: readonly KubeObject[]): string[] {
  return [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))];
}
