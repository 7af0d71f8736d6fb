/** A kind of object the stub knows. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  short?: string[];
}

const of = (groupVersion: string, kind: string, plural: string, more: Partial<Resource> = {}): Resource => {
  const [group, version] = groupVersion.includes("/") ? groupVersion.split("/") : ["", groupVersion];
  return { group: group ?? "", version: version ?? "v1", kind, plural, namespaced: true, ...more };
};

export const CORE: readonly Resource[] = [
  of("v1", "Namespace", "namespaces", { namespaced: false, short: ["ns"] }),
  of("v1", "Node", "nodes", { namespaced: false }),
  of("v1", "Pod", "pods", { short: ["po"] }),
  of("v1", "Event", "events"),
  of("v1", "Secret", "secrets"),
  of("v1", "ConfigMap", "configmaps", { short: ["cm"] }),
  of("v1", "Service", "services", { short: ["svc"] }),
  of("v1", "ServiceAccount", "serviceaccounts", { short: ["sa"] }),
  of("v1", "PersistentVolumeClaim", "persistentvolumeclaims", { short: ["pvc"] }),
  of("v1", "PersistentVolume", "persistentvolumes", { namespaced: false, short: ["pv"] }),
  of("apps/v1", "Deployment", "deployments", { short: ["deploy"] }),
  of("apps/v1", "StatefulSet", "statefulsets", { short: ["sts"] }),
  of("apps/v1", "ReplicaSet", "replicasets", { short: ["rs"] }),
  of("batch/v1", "Job", "jobs"),
  of("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", { short: ["pdb"] }),
  of("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", { short: ["netpol"] }),
  of("networking.k8s.io/v1", "Ingress", "ingresses", { short: ["ing"] }),
  of("rbac.authorization.k8s.io/v1", "Role", "roles"),
  of("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
];

export const KEDA: readonly Resource[] = [of("keda.sh/v1alpha1", "ScaledObject", "scaledobjects", { short: ["so"] })];

export const groupVersionOf = ({ group, version }: Resource): string =>
  group === "" ? version : `${group}/${version}`;

export const pathOf = (resource: Resource): string =>
  `${resource.group === "" ? "api" : "apis"}/${groupVersionOf(resource)}`;
